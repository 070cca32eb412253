using System.Globalization;
using Orchestrator.Linux.Files;

namespace Orchestrator.Linux.Processes;

/// <summary>Capabilities as a bit set, by the kernel's numbers. Source: linux/capability.h.</summary>
public static class Capabilities
{
    private static readonly string[] Names =
    [
        "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP",
        "LINUX_IMMUTABLE", "NET_BIND_SERVICE", "NET_BROADCAST", "NET_ADMIN", "NET_RAW", "IPC_LOCK", "IPC_OWNER",
        "SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT", "SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN", "SYS_BOOT", "SYS_NICE",
        "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD", "LEASE", "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP",
        "MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG", "WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ", "PERFMON", "BPF",
        "CHECKPOINT_RESTORE",
    ];

    /// <summary>All names, with the CAP_ prefix, in the order of their numbers.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Names.Select(n => "CAP_" + n)];

    /// <summary>The set of these names, with or without CAP_, without those that are unknown here.</summary>
    public static ulong Parse(IEnumerable<string>? names)
    {
        var set = 0UL;
        foreach (var name in names ?? [])
        {
            if (NumberOf(name) is >= 0 and var number)
                set |= 1UL << number;
        }

        return set;
    }

    /// <summary>As <see cref="Parse"/> takes it.</summary>
    public static bool IsKnown(string name) => NumberOf(name) >= 0;

    public static IEnumerable<string> NamesOf(ulong set) =>
        Names.Where((_, i) => ((set >> i) & 1) != 0).Select(n => "CAP_" + n);

    /// <summary>What this process may hand on: its own permitted set.</summary>
    public static ulong OfThisProcess()
    {
        foreach (var line in (SmallFile.TryRead("/proc/self/status") ?? "").Split('\n'))
        {
            if (line.StartsWith("CapPrm:", StringComparison.Ordinal))
                return ulong.Parse(line.AsSpan(7).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        }

        return 0;
    }

    private static int NumberOf(string name) => Array.IndexOf(
        Names,
        name.StartsWith("CAP_", StringComparison.OrdinalIgnoreCase)
            ? name[4..].ToUpperInvariant()
            : name.ToUpperInvariant());
}
