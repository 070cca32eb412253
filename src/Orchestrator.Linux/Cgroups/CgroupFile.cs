using System.Globalization;
using System.Text;
using Orchestrator.Linux.Files;
using Orchestrator.Linux.Io;

namespace Orchestrator.Linux.Cgroups;

/// <summary>Control files: one value, one write.</summary>
internal static class CgroupFile
{
    public static void Write(string path, string value)
    {
        using var file = FileDescriptor.Open(path, OpenFlags.O_WRONLY);
        try
        {
            file.WriteAll(Encoding.UTF8.GetBytes(value.Length == 0 ? "\n" : value)); // An empty write does nothing.
        }
        catch (LinuxException e)
        {
            throw new LinuxException("write", $"{path}, \"{value}\"", e.Errno);
        }
    }

    /// <returns>Null: absent, or removed meanwhile.</returns>
    public static string? TryRead(string path) => SmallFile.TryRead(path);

    public static ulong Number(string path) => ToNumber(TryRead(path));

    /// <summary>"key value" lines.</summary>
    public static Dictionary<string, ulong> Table(string path)
    {
        var table = new Dictionary<string, ulong>();
        foreach (var line in (TryRead(path) ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var space = line.LastIndexOf(' ');
            if (space > 0 && ulong.TryParse(line.AsSpan(space + 1), CultureInfo.InvariantCulture, out var value))
                table[line[..space]] = value;
        }

        return table;
    }

    /// <summary>"max" and nonsense are 0; v1's "no limit" (a page short of 2⁶³) too.</summary>
    internal static ulong ToNumber(string? text) =>
        ulong.TryParse(text.AsSpan().Trim(), CultureInfo.InvariantCulture, out var value)
            && value < 0x7fff_ffff_ffff_0000
            ? value
            : 0;
}
