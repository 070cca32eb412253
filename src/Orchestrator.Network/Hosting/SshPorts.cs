using System.Globalization;

namespace Orchestrator.Network.Hosting;

/// <summary>The ports by which an operator reaches this host, whether or not the SSH server runs at the moment.</summary>
internal static class SshPorts
{
    private const int Usual = 22;

    /// <param name="config">The server's, e.g. <c>/etc/ssh/sshd_config</c>; absent: the usual port.</param>
    /// <remarks>Source: sshd_config(5), Port, ListenAddress and Include.</remarks>
    public static IReadOnlySet<int> Of(string config)
    {
        var ports = Read(config, depth: 0).ToHashSet();
        return ports.Count > 0 ? ports : new HashSet<int> { Usual };
    }

    private static IEnumerable<int> Read(string file, int depth)
    {
        const int Deepest = 16; // As sshd has it.
        if (depth > Deepest)
            yield break;
        foreach (var line in Lines(file))
        {
            var words = line.Split([' ', '\t', '='], 2, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            if (words.Length < 2)
                continue;
            var found = words[0].ToLowerInvariant() switch
            {
                "port" => Port(words[1]),
                "listenaddress" => Port(AfterAddress(words[1])),
                "include" => Included(words[1], file).SelectMany(f => Read(f, depth + 1)),
                _ => [],
            };
            foreach (var port in found)
                yield return port;
        }
    }

    /// <summary>What follows the colon of <c>host:port</c> or <c>[address]:port</c>; an address alone has none.</summary>
    private static string AfterAddress(string text)
    {
        var colon = text.LastIndexOf(':');
        return colon > 0 && (text[colon - 1] == ']' || text.IndexOf(':') == colon) ? text[(colon + 1)..] : "";
    }

    private static IEnumerable<int> Port(string text) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0 ? [port] : [];

    private static IEnumerable<string> Included(string patterns, string file) => patterns
        .Split(' ', StringSplitOptions.RemoveEmptyEntries)
        .Select(pattern => Path.Combine(Path.GetDirectoryName(file) ?? "/", pattern))
        .Where(path => Directory.Exists(Path.GetDirectoryName(path)))
        .SelectMany(path => Directory.GetFiles(Path.GetDirectoryName(path)!, Path.GetFileName(path)));

    private static string[] Lines(string file)
    {
        try
        {
            return File.ReadAllLines(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
