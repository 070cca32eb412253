using Orchestrator.Linux.Netlink;

namespace Orchestrator.Network;

/// <summary>Waiting for what containers have of networks.</summary>
public sealed partial class NodeNetwork
{
    private static readonly TimeSpan LinkPoll = TimeSpan.FromMilliseconds(50);

    private volatile TaskCompletionSource sandboxesChanged = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Returns once a container has no endpoint under a lease, or no sandbox at all.</summary>
    public async Task WaitForEndOfLeaseAsync(string containerId, string lease, CancellationToken cancellationToken)
    {
        while (true)
        {
            var change = sandboxesChanged.Task; // Taken before the look, so that no change falls in between.
            if (EndpointUnder(containerId, lease) is null)
                return;
            await change.WaitAsync(cancellationToken);
        }
    }

    /// <returns>Null: it has none.</returns>
    public Endpoint? EndpointUnder(string containerId, string lease) =>
        GetEndpoints(containerId).FirstOrDefault(endpoint => endpoint.Lease == lease);

    private void TellOfSandboxes()
    {
        var before = sandboxesChanged;
        sandboxesChanged = new(TaskCreationOptions.RunContinuationsAsynchronously);
        before.SetResult();
    }

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
