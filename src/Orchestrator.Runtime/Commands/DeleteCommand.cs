using System.Net.Sockets;
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
        if (!container.HasShim || !TryByShim(container, force))
            ContainerRemoval.Remove(container);
        return 0;
    }

    /// <returns>False: nobody listens any more. A shim that is killed still counts as alive for some moments, and what it
    /// leaves behind is to go all the same.</returns>
    private static bool TryByShim(Container container, bool force)
    {
        try
        {
            CreateCommand.ShimOf(container).DeleteAsync(CancellationToken.None).GetAwaiter().GetResult();
            return true;
        }
        catch (Exception e) when (force && e is SocketException or IOException)
        {
            return false;
        }
    }
}
