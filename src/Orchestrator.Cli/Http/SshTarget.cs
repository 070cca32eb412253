namespace Orchestrator.Cli.Http;

/// <summary>A daemon reached by way of ssh: <c>ssh://[user@]host[:port][/path/of/its/socket]</c>.</summary>
/// <param name="User">Empty: as ssh's own settings say.</param>
/// <param name="Port">0: likewise.</param>
/// <param name="Socket">The socket on the far side; empty: where <c>orch</c> there finds its daemon.</param>
internal sealed record SshTarget(string User, string Host, int Port, string Socket)
{
    /// <exception cref="CliException">Not of that shape.</exception>
    public static SshTarget Parse(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Host.Length == 0)
            throw Invalid(text, "no host specified");
        if (uri.UserInfo.Contains(':', StringComparison.Ordinal)) throw Invalid(text, "plain-text password is not supported");
        if (uri.Query.Length > 0) throw Invalid(text, $"query parameters are not allowed: {uri.Query}");
        if (uri.Fragment.Length > 0) throw Invalid(text, $"fragments are not allowed: {uri.Fragment}");
        // What begins with a dash would be an option to ssh.
        if (uri.UserInfo.StartsWith('-') || uri.Host.StartsWith('-')) throw Invalid(text, "no name begins with a dash");
        return new SshTarget(
            Uri.UnescapeDataString(uri.UserInfo), uri.Host.Trim('[', ']'), Math.Max(uri.Port, 0),
            uri.AbsolutePath is "" or "/" ? "" : Uri.UnescapeDataString(uri.AbsolutePath));
    }

    /// <summary>What is run here: ssh, which runs our own client there to join its streams to its daemon.</summary>
    public List<string> Command()
    {
        var words = new List<string> { "ssh" };
        if (User.Length > 0) words.AddRange(["-l", User]);
        if (Port > 0) words.AddRange(["-p", $"{Port}"]);
        words.AddRange(["-o", "ConnectTimeout=30", "-T", "--", Host, "orch"]);
        if (Socket.Length > 0) words.AddRange(["--host", Quote($"unix://{Socket}")]);
        words.AddRange(["system", "dial-stdio"]);
        return words;
    }

    /// <summary>For the shell on the far side, which reads all words as one line.</summary>
    private static string Quote(string word) => word.All(static c => char.IsAsciiLetterOrDigit(c) || ":/._-".Contains(c))
        ? word : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private static CliException Invalid(string text, string why) =>
        new($"ssh host connection is not valid: {why} in \"{text}\": write ssh://user@host[:port]");
}
