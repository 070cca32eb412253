using Orchestrator.Oci.Shim;
using Orchestrator.Runtime.Containers;

namespace Orchestrator.Runtime.Commands;

/// <summary><c>pause</c> and <c>resume</c>.</summary>
internal static class PauseCommands
{
    public static int Pause(Invocation invocation)
    {
        var container = invocation.Container();
        var status = container.Status;
        if (status is not (OciStatus.Running or OciStatus.Created))
            throw new RuntimeException(
                status == OciStatus.Paused
                    ? $"cannot pause a container that is paused already: {container.Id}"
                    : $"container not running: {container.Id}");
        if (container.HasShim)
        {
            CreateCommand.ShimOf(container).PauseAsync(CancellationToken.None).GetAwaiter().GetResult();
            return 0;
        }

        container.Cgroups.Freeze();
        container.Save(ContainerStatus.Paused);
        return 0;
    }

    public static int Resume(Invocation invocation)
    {
        var container = invocation.Container();
        if (container.Status != OciStatus.Paused)
            throw new RuntimeException($"container not paused: {container.Id}");
        if (container.HasShim)
        {
            CreateCommand.ShimOf(container).ResumeAsync(CancellationToken.None).GetAwaiter().GetResult();
            return 0;
        }

        container.Cgroups.Thaw();
        container.Save(ContainerStatus.Running);
        return 0;
    }
}
