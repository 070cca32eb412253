using Orchestrator.Runtime.Containers;

namespace Orchestrator.Runtime.Commands;

/// <summary><c>delete</c>.</summary>
internal static class DeleteCommand
{
    public static int Execute(Invocation invocation)
    {
        var arguments = invocation.Arguments;
        var force = arguments.Has("force");
        if (Container.Find(invocation.Root, arguments.Id()) is not { } container)
            return force ? 0 : throw new RuntimeException($"container does not exist: {arguments.Id()}");
        var status = container.Status;
        if (!force && status is not (OciStatus.Stopped or OciStatus.Created))
            throw new RuntimeException(
                $"cannot delete container {container.Id} that is not stopped: {StateCommand.Word(status)}; "
                + "kill it, or use --force");
        if (container.HasShim)
            CreateCommand.ShimOf(container).DeleteAsync(CancellationToken.None).GetAwaiter().GetResult();
        else
            ContainerRemoval.Remove(container);
        return 0;
    }
}
