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
        if (request != InitRequest.Limits)
            throw new RuntimeException($"orch-init asked for {request}, which is not known here");
        foreach (var (index, limit) in (process.Rlimits ?? []).Index())
        {
            try
            {
                ResourceLimits.Set(pid, ProcessPlan.Resource(limit.Type), limit.Soft, limit.Hard);
            }
            catch (LinuxException e)
            {
                throw new RuntimeException(
                    $"process.rlimits[{index}]: set {limit.Type} {limit.Soft}:{limit.Hard}: {e.Errno}");
            }
        }
    }
}
