using Orchestrator.Init;
using Orchestrator.Linux;
using Orchestrator.Linux.Processes;
using Orchestrator.Oci.Bundle;
using Orchestrator.Runtime.Init;
using Orchestrator.Runtime.Plans;

namespace Orchestrator.Runtime.Containers;

/// <summary>What a process that joins a container asks of its runtime.</summary>
internal class ProcessRequests(ProcessSpec process) : IInitRequests
{
    public virtual void Answer(InitRequest request, int pid)
    {
        switch (request)
        {
            case InitRequest.Limits:
                SetLimits(pid);
                break;
            case InitRequest.Scheduling:
                SetScheduling(pid);
                break;
            default:
                throw new RuntimeException($"orch-init asked for {request}, which is not known here");
        }
    }

    private void SetLimits(int pid)
    {
        foreach (var (index, limit) in (process.Rlimits ?? []).Index())
            Try(
                $"process.rlimits[{index}]: set {limit.Type} {limit.Soft}:{limit.Hard}",
                () => ResourceLimits.Set(pid, ProcessPlan.Resource(limit.Type), limit.Soft, limit.Hard));
    }

    private void SetScheduling(int pid)
    {
        if (process.Scheduler is { } scheduler)
            Try("process.scheduler", () => TaskPriority.SetScheduler(pid, Scheduling.Attributes(scheduler)));
        if (process.IoPriority is { } priority)
            Try("process.ioPriority", () => TaskPriority.SetIo(pid, Scheduling.IoPriority(priority)));
    }

    protected static void Try(string what, Action set)
    {
        try
        {
            set();
        }
        catch (LinuxException e)
        {
            throw new RuntimeException($"{what}: {e.Message}");
        }
    }
}
