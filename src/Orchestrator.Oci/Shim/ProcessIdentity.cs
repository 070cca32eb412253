using System.Globalization;
using System.Text;

namespace Orchestrator.Oci.Shim;

/// <summary>Tells a process from a later one with the same pid: start time in clock ticks, and the boot's id.</summary>
public static class ProcessIdentity
{
    private static string? bootId;

    public static string BootId() => bootId ??= Read("/proc/sys/kernel/random/boot_id").Trim();

    /// <summary>Start time in ticks since boot, or null: no such process, or only its zombie.</summary>
    public static ulong? StartTicks(int pid)
    {
        try
        {
            return ParseStartTicks(Read($"/proc/{pid}/stat"));
        }
        catch (IOException)
        {
            return null;
        }
    }

    public static bool Lives(string bootId, int pid, ulong startTicks) =>
        pid > 0 && bootId == BootId() && StartTicks(pid) == startTicks;

    /// <summary>Without a stream around it: every command asks.</summary>
    private static string Read(string path)
    {
        using var file = File.OpenHandle(path);
        Span<byte> buffer = stackalloc byte[1024]; // Numbers, and a name of 64 bytes at most.
        return Encoding.UTF8.GetString(buffer[..RandomAccess.Read(file, buffer, 0)]);
    }

    /// <summary>
    /// Field 22 of /proc/PID/stat. The name in field 2 may hold spaces and brackets, so count from its end.
    /// </summary>
    internal static ulong? ParseStartTicks(string stat)
    {
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return fields[0] is "Z" or "X" ? null : ulong.Parse(fields[19], CultureInfo.InvariantCulture);
    }
}
