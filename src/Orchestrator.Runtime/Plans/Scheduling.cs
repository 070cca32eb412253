using System.Buffers.Binary;
using Orchestrator.Init;
using Orchestrator.Oci.Bundle;

namespace Orchestrator.Runtime.Plans;

/// <summary>Scheduler, priority of I/O and CPUs of a process, in the kernel's structures.</summary>
internal static class Scheduling
{
    /// <summary>By their numbers; 4 was never used.</summary>
    private static readonly string[] Policies =
        ["SCHED_OTHER", "SCHED_FIFO", "SCHED_RR", "SCHED_BATCH", "SCHED_ISO", "SCHED_IDLE", "SCHED_DEADLINE"];

    /// <summary>By their bits.</summary>
    private static readonly string[] Flags =
    [
        "SCHED_FLAG_RESET_ON_FORK", "SCHED_FLAG_RECLAIM", "SCHED_FLAG_DL_OVERRUN", "SCHED_FLAG_KEEP_POLICY",
        "SCHED_FLAG_KEEP_PARAMS", "SCHED_FLAG_UTIL_CLAMP_MIN", "SCHED_FLAG_UTIL_CLAMP_MAX",
    ];

    private static readonly string[] IoClasses = ["IOPRIO_CLASS_RT", "IOPRIO_CLASS_BE", "IOPRIO_CLASS_IDLE"];

    /// <param name="hasUser">In a user namespace, whose root has no right to it: the runtime does it.</param>
    public static IEnumerable<PlanEntry> Build(ProcessSpec process, bool hasUser)
    {
        if (hasUser && (process.Scheduler is not null || process.IoPriority is not null))
            yield return new(PlanOp.Ask, "set scheduling") { A = (long)InitRequest.Scheduling };
        if (!hasUser && process.Scheduler is { } scheduler)
            yield return new(PlanOp.Scheduler, $"set process.scheduler {scheduler.Policy}") { Blob = Attributes(scheduler) };
        if (!hasUser && process.IoPriority is { } priority)
            yield return new(PlanOp.IoPriority, $"set process.ioPriority {priority.Class}") { A = IoPriority(priority) };
    }

    /// <param name="cpus">As "0-2,7"; null or empty: no step.</param>
    public static IEnumerable<PlanEntry> Affinity(string? cpus, string field)
    {
        if (cpus is not { Length: > 0 })
            yield break;
        if (!TryParseCpus(cpus, out var set))
            throw new RuntimeException($"{field}: \"{cpus}\" is no list of CPUs such as 0-2,7");
        yield return new(PlanOp.Affinity, $"set {field} {cpus}") { Blob = set, A = set.Length };
    }

    public static bool IsPolicy(string name) => name != "SCHED_ISO" && Policies.Contains(name);

    public static bool IsFlag(string name) => Flags.Contains(name);

    public static bool IsIoClass(string name) => IoClasses.Contains(name);

    /// <summary>struct sched_attr, first published size plus the clamps.</summary>
    public static byte[] Attributes(SchedulerSpec scheduler)
    {
        var bytes = new byte[56];
        var attributes = bytes.AsSpan();
        BinaryPrimitives.WriteInt32LittleEndian(attributes, bytes.Length);
        BinaryPrimitives.WriteInt32LittleEndian(attributes[4..], Array.IndexOf(Policies, scheduler.Policy));
        var flags = (scheduler.Flags ?? []).Aggregate(0UL, (all, f) => all | (1UL << Array.IndexOf(Flags, f)));
        BinaryPrimitives.WriteUInt64LittleEndian(attributes[8..], flags);
        BinaryPrimitives.WriteInt32LittleEndian(attributes[16..], scheduler.Nice ?? 0);
        BinaryPrimitives.WriteInt32LittleEndian(attributes[20..], scheduler.Priority ?? 0);
        BinaryPrimitives.WriteUInt64LittleEndian(attributes[24..], scheduler.Runtime ?? 0);
        BinaryPrimitives.WriteUInt64LittleEndian(attributes[32..], scheduler.Deadline ?? 0);
        BinaryPrimitives.WriteUInt64LittleEndian(attributes[40..], scheduler.Period ?? 0);
        return bytes;
    }

    public static int IoPriority(IoPrioritySpec priority) =>
        ((Array.IndexOf(IoClasses, priority.Class) + 1) << 13) | priority.Priority;

    public static bool TryParseCpus(string list, out byte[] set)
    {
        const int mostCpus = 8192;
        set = new byte[mostCpus / 8];
        foreach (var part in list.Split(','))
        {
            var ends = part.Split('-');
            if (ends.Length > 2 || !ushort.TryParse(ends[0], out var first) || !ushort.TryParse(ends[^1], out var last)
                || first > last || last >= mostCpus)
                return false;
            for (var cpu = first; cpu <= last; cpu++)
                set[cpu / 8] |= (byte)(1 << (cpu % 8));
        }

        return true;
    }
}
