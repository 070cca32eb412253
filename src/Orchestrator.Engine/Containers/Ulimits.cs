using System.Globalization;
using Orchestrator.Linux.Processes;

namespace Orchestrator.Engine.Containers;

/// <summary>Limits of single processes, by docker's names for them.</summary>
public static class Ulimits
{
    /// <summary>In the kernel's order: the index is the resource's number.</summary>
    private static readonly string[] Names =
    [
        "cpu", "fsize", "data", "stack", "core", "rss", "nproc", "nofile", "memlock", "as", "locks", "sigpending",
        "msgqueue", "nice", "rtprio", "rttime",
    ];

    /// <summary>What is wrong with it, in docker's words; null: nothing.</summary>
    public static string? FaultOf(UlimitRequest limit)
    {
        if (!Names.Contains(limit.Name))
            return $"invalid ulimit type: {limit.Name}";
        return limit.Hard >= 0 && (limit.Soft < 0 || limit.Soft > limit.Hard)
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"ulimit soft limit must be less than or equal to hard limit: {limit.Soft} > {limit.Hard}")
            : null;
    }

    internal static void Check(UlimitRequest limit)
    {
        if (FaultOf(limit) is { } fault)
            throw EngineException.Invalid(fault);
    }

    /// <summary>What this process, without the privilege to raise limits, can hand on at most.</summary>
    internal static ulong Most(string name) => ThisProcess.Limit(Array.IndexOf(Names, name)).Hard;

    /// <summary><c>RLIMIT_NOFILE</c>.</summary>
    internal static string KernelName(string name) => $"RLIMIT_{name.ToUpperInvariant()}";

    /// <summary>A negative number stands for no limit.</summary>
    internal static ulong Bound(long value) => value < 0 ? ulong.MaxValue : (ulong)value;
}
