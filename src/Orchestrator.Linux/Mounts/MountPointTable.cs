using System.Globalization;

namespace Orchestrator.Linux.Mounts;

/// <summary>What is mounted in this process's mount namespace.</summary>
/// <remarks>Source: proc_pid_mountinfo(5).</remarks>
public static class MountPointTable
{
    private const int MountPointColumn = 4;

    /// <param name="path">Absolute, without links.</param>
    public static bool Contains(string path) =>
        File.ReadLines("/proc/self/mountinfo").Any(line => MountPoint(line) == path);

    /// <summary>What is mounted below a folder, the deepest first.</summary>
    /// <param name="folder">Absolute, without links.</param>
    public static IReadOnlyList<string> Below(string folder) =>
    [
        .. File.ReadLines("/proc/self/mountinfo").Select(MountPoint)
            .Where(path => path.StartsWith(folder + "/", StringComparison.Ordinal))
            .OrderByDescending(path => path.Length),
    ];

    /// <summary>Blanks, tabs, newlines and backslashes are written as three octal digits.</summary>
    internal static string MountPoint(string line)
    {
        var text = line.Split(' ')[MountPointColumn];
        for (var at = text.IndexOf('\\', StringComparison.Ordinal); at >= 0 && at + 3 < text.Length;
            at = text.IndexOf('\\', at + 1))
        {
            var code = Convert.ToInt32(text.Substring(at + 1, 3), 8);
            text = string.Create(CultureInfo.InvariantCulture, $"{text[..at]}{(char)code}{text[(at + 4)..]}");
        }

        return text;
    }
}
