using Orchestrator.Linux.Netlink;
using Orchestrator.Network.Pipes;

namespace Orchestrator.Network;

/// <summary>Commands of iproute2 inside a container, which need no program there.</summary>
public sealed partial class NodeNetwork
{
    private static readonly TimeSpan LinkPoll = TimeSpan.FromMilliseconds(50);

    /// <param name="command"><c>route</c>, <c>rule</c> or <c>tc</c>.</param>
    /// <returns>What a list shows; empty otherwise.</returns>
    public string RunCommand(string containerId, string command, IReadOnlyList<string> words)
    {
        RequireSandbox(containerId);
        using var container = NetNamespace.Open(paths.NamespaceOf(containerId));
        using var inside = RouteSocket.Open(container);
        try
        {
            return command switch
            {
                "route" => RouteWords.Run(inside, words),
                "rule" => RuleWords.Run(inside, words),
                "tc" => TrafficWords.Run(inside, words),
                _ => throw new NetworkException(NetworkFault.Invalid, $"unknown command {command}: use route, rule or tc"),
            };
        }
        catch (NetlinkException e)
        {
            throw new NetworkException(NetworkFault.Invalid, e.Message, e);
        }
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
