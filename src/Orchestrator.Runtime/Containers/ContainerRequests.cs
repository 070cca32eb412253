using Orchestrator.Init;
using Orchestrator.Linux;
using Orchestrator.Linux.Io;
using Orchestrator.Oci.Bundle;
using Orchestrator.Runtime.Init;

namespace Orchestrator.Runtime.Containers;

/// <summary>What a container's pid 1 asks of its runtime while it is made.</summary>
/// <param name="streams">Descriptors 0, 1 and 2.</param>
internal sealed class ContainerRequests(RuntimeSpec spec, IReadOnlyList<FileDescriptor> streams)
    : ProcessRequests(spec.Process!)
{
    public override void Answer(InitRequest request, int pid)
    {
        if (request != InitRequest.IdMaps)
        {
            base.Answer(request, pid);
            return;
        }

        try
        {
            IdMaps.Write(pid, spec.Linux!);
            StandardStreams.GiveTo(IdMaps.ToHost(spec.Linux!.UidMappings, spec.Process!.User.Uid), streams);
        }
        catch (LinuxException e)
        {
            throw new RuntimeException($"linux.uidMappings, linux.gidMappings: {e.Message}");
        }
    }
}
