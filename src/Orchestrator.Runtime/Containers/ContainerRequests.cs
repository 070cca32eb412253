using Orchestrator.Init;
using Orchestrator.Linux.Io;
using Orchestrator.Oci.Bundle;
using Orchestrator.Runtime.Hooks;
using Orchestrator.Runtime.Init;

namespace Orchestrator.Runtime.Containers;

/// <summary>What a container's pid 1 asks of its runtime while it is made.</summary>
/// <param name="streams">Descriptors 0, 1 and 2.</param>
internal sealed class ContainerRequests(RuntimeSpec spec, HookState state, IReadOnlyList<FileDescriptor> streams)
    : ProcessRequests(spec.Process!)
{
    public override void Answer(InitRequest request, int pid)
    {
        switch (request)
        {
            case InitRequest.IdMaps:
                Try("linux.uidMappings, linux.gidMappings", () => MapUsers(pid, spec.Linux!));
                break;
            case InitRequest.Hooks:
                var text = state.Text("creating", pid);
                HookRunner.Run(spec.Hooks?.Prestart, "prestart", state.Bundle, text);
                HookRunner.Run(spec.Hooks?.CreateRuntime, "createRuntime", state.Bundle, text);
                break;
            default:
                base.Answer(request, pid);
                break;
        }
    }

    private void MapUsers(int pid, LinuxSpec linux)
    {
        IdMaps.Write(pid, linux.UidMappings ?? [], linux.GidMappings ?? []);
        StandardStreams.GiveTo(IdMaps.ToHost(linux.UidMappings, spec.Process!.User.Uid), streams);
    }
}
