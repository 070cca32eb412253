using Orchestrator.Oci.Bundle;
using Orchestrator.Runtime.Plans;

namespace Orchestrator.Runtime.Validation;

/// <summary>Of <c>process</c>, the container's or an exec's.</summary>
internal static class ProcessRules
{
    private const uint LargestUmask = 0x1ff, LargestSize = ushort.MaxValue;
    private const int LowestScore = -1000, HighestScore = 1000, LowestPriority = 7;

    public static IEnumerable<string> Faults(ProcessSpec process) =>
    [
        .. Program(process),
        .. Limits(process.Rlimits ?? []),
        .. Scheduler(process),
    ];

    /// <summary>What is left out, as runtime-spec has it: a capability of a newer kernel, for one.</summary>
    public static IEnumerable<string> Warnings(ProcessSpec process)
    {
        var sets = process.Capabilities ?? new CapabilitySets();
        (string Name, string[]? Names)[] all =
        [
            ("bounding", sets.Bounding), ("effective", sets.Effective), ("inheritable", sets.Inheritable),
            ("permitted", sets.Permitted), ("ambient", sets.Ambient),
        ];
        foreach (var (set, names) in all)
        {
            foreach (var (index, name) in (names ?? []).Index())
            {
                if (!Linux.Processes.Capabilities.IsKnown(name))
                    yield return $"process.capabilities.{set}[{index}]: \"{name}\" is not known here, and left out";
            }
        }
    }

    private static IEnumerable<string> Program(ProcessSpec process)
    {
        if (process.Args.Length == 0)
            yield return "process.args: no command specified";
        if (!process.Cwd.StartsWith('/'))
            yield return $"process.cwd: \"{process.Cwd}\" is not an absolute path";
        foreach (var (index, variable) in (process.Env ?? []).Index().Where(v => v.Item.StartsWith('=')))
            yield return $"process.env[{index}]: \"{variable}\" has no name; write NAME=value";
        if (process.User.Umask > LargestUmask)
            yield return $"process.user.umask: {process.User.Umask} is more than 511, which is 0777";
        if (process.ConsoleSize is { } size && (size.Height > LargestSize || size.Width > LargestSize))
            yield return $"process.consoleSize: {size.Height}x{size.Width} is larger than any terminal, 65535x65535";
        if (process.OomScoreAdj is < LowestScore or > HighestScore)
            yield return $"process.oomScoreAdj: {process.OomScoreAdj} is not from -1000 to 1000";
    }

    private static IEnumerable<string> Limits(RlimitSpec[] limits)
    {
        foreach (var (index, limit) in limits.Index())
        {
            var field = $"process.rlimits[{index}]";
            if (ProcessPlan.Resource(limit.Type) < 0)
                yield return $"{field}.type: \"{limit.Type}\" is no limit such as RLIMIT_NOFILE";
            if (limits.Take(index).Any(l => l.Type == limit.Type))
                yield return $"{field}.type: {limit.Type} is there twice";
            if (limit.Soft > limit.Hard)
                yield return $"{field}.soft: {limit.Soft} is more than hard, {limit.Hard}";
        }
    }

    private static IEnumerable<string> Scheduler(ProcessSpec process)
    {
        foreach (var fault in process.Scheduler is { } scheduler ? Scheduler(scheduler) : [])
            yield return fault;
        if (process.IoPriority is { } priority)
        {
            if (!Scheduling.IsIoClass(priority.Class))
                yield return $"process.ioPriority.class: \"{priority.Class}\" is none of IOPRIO_CLASS_RT, _BE, _IDLE";
            if (priority.Priority is < 0 or > LowestPriority)
                yield return $"process.ioPriority.priority: {priority.Priority} is not from 0 to 7";
        }

        if (process.ExecCpuAffinity?.Initial is { Length: > 0 } initial && !Scheduling.TryParseCpus(initial, out _))
            yield return $"process.execCPUAffinity.initial: \"{initial}\" is no list of CPUs such as 0-2,7";
        if (process.ExecCpuAffinity?.Final is { Length: > 0 } final && !Scheduling.TryParseCpus(final, out _))
            yield return $"process.execCPUAffinity.final: \"{final}\" is no list of CPUs such as 0-2,7";
    }

    private static IEnumerable<string> Scheduler(SchedulerSpec scheduler)
    {
        const string field = "process.scheduler";
        if (!Scheduling.IsPolicy(scheduler.Policy))
            yield return $"{field}.policy: \"{scheduler.Policy}\" is no policy such as SCHED_BATCH";
        foreach (var (index, flag) in (scheduler.Flags ?? []).Index().Where(f => !Scheduling.IsFlag(f.Item)))
            yield return $"{field}.flags[{index}]: \"{flag}\" is no flag such as SCHED_FLAG_RESET_ON_FORK";
        if (scheduler.Nice is < -20 or > 19)
            yield return $"{field}.nice: {scheduler.Nice} is not from -20 to 19";
        if (scheduler.Nice is not (null or 0) && scheduler.Policy is not ("SCHED_OTHER" or "SCHED_BATCH"))
            yield return $"{field}.nice: is only for SCHED_OTHER and SCHED_BATCH";
        if (scheduler.Priority is not (null or 0) && scheduler.Policy is not ("SCHED_FIFO" or "SCHED_RR"))
            yield return $"{field}.priority: is only for SCHED_FIFO and SCHED_RR";
        if (scheduler.Policy != "SCHED_DEADLINE"
            && (scheduler.Runtime ?? 0) + (scheduler.Deadline ?? 0) + (scheduler.Period ?? 0) != 0)
            yield return $"{field}: runtime, deadline and period are only for SCHED_DEADLINE";
    }
}
