using System.Globalization;

namespace Orchestrator.NetHelper;

/// <summary>Which process of this host has a port, for a refusal's end.</summary>
internal static class PortUser
{
    private const string Listening = "0A";

    /// <param name="protocol"><c>tcp</c> or <c>udp</c>; of others nothing is known.</param>
    /// <returns>Such as <c>sshd (process 812)</c>; null: it has ended, or is one that we must not look into, or
    /// ourselves.</returns>
    public static string? Find(string protocol, int port)
    {
        if (protocol is not ("tcp" or "udp"))
            return null;
        var sockets = new[] { protocol, $"{protocol}6" }
            .SelectMany(table => InodesIn(Lines($"/proc/thread-self/net/{table}"), port, protocol == "tcp"))
            .Select(inode => $"socket:[{inode}]").ToHashSet();
        return sockets.Count == 0 ? null : Processes().Where(id => Holds(id, sockets)).Select(Named).FirstOrDefault();
    }

    /// <param name="lines">As of <c>/proc/net/tcp</c>, its heading first.</param>
    /// <param name="listens">Only of sockets that listen, rather than of all that have the port.</param>
    /// <remarks>Source: proc_pid_net(5).</remarks>
    public static IEnumerable<string> InodesIn(IEnumerable<string> lines, int port, bool listens)
    {
        const int Local = 1, State = 3, Inode = 9;
        var suffix = $":{port:X4}";
        return lines.Skip(1).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(words => words.Length > Inode && words[Local].EndsWith(suffix, StringComparison.Ordinal)
                && (!listens || words[State] == Listening) && words[Inode] != "0")
            .Select(words => words[Inode]);
    }

    private static IEnumerable<int> Processes() => Directory.EnumerateDirectories("/proc")
        .Select(folder => int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0)
        .Where(id => id > 0 && id != Environment.ProcessId);

    private static bool Holds(int process, HashSet<string> sockets)
    {
        try
        {
            return Directory.EnumerateFileSystemEntries($"/proc/{process}/fd")
                .Any(file => new FileInfo(file).LinkTarget is { } target && sockets.Contains(target));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // It has ended meanwhile.
        }
    }

    private static string Named(int process) =>
        $"{Lines($"/proc/{process}/comm").FirstOrDefault("a process")} (process {process})";

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
