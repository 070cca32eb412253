using Orchestrator.Linux.Netlink;

namespace Orchestrator.Network;

/// <summary>Waiting for interfaces of containers.</summary>
public sealed partial class NodeNetwork
{
    private static readonly TimeSpan LinkPoll = TimeSpan.FromMilliseconds(50);

    /// <summary>Returns once an interface of a container is there and has a carrier.</summary>
    /// <param name="limit">Zero: none.</param>
    /// <exception cref="NetworkException">The limit is over.</exception>
    public async Task WaitForLinkAsync(
        string containerId, string name, TimeSpan limit, CancellationToken cancellationToken)
    {
        RequireSandbox(containerId);
        using var container = NetNamespace.Open(paths.NamespaceOf(containerId));
        using var inside = RouteSocket.Open(container);
        var start = TimeProvider.System.GetTimestamp();
        while (inside.FindLink(name) is not { HasCarrier: true })
        {
            if (limit > TimeSpan.Zero && TimeProvider.System.GetElapsedTime(start) > limit)
                throw new NetworkException(NetworkFault.NotFound,
                    $"interface {name} of the container was not up within {limit.TotalSeconds:0} s; orch network pipe ls "
                    + "says how its pipes are");
            await Task.Delay(LinkPoll, cancellationToken);
        }
    }
}
