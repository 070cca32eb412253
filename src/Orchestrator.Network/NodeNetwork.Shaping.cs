using Orchestrator.Linux.Netlink;
using Orchestrator.Model;
using Orchestrator.Network.Shaping;

namespace Orchestrator.Network;

/// <summary>How much each container may send and receive.</summary>
public sealed partial class NodeNetwork
{
    private static readonly Dictionary<string, string> NoOptions = [];

    /// <summary>What each port was last held to. Only those that were held to something.</summary>
    private readonly Dictionary<string, Bandwidth> limits = [];

    private static Bandwidth LimitOf(NetworkConfig network, Endpoint endpoint) =>
        Bandwidth.Of(network.Options, (IReadOnlyDictionary<string, string>?)endpoint.Options ?? NoOptions);

    /// <summary>Costs nothing for a port that has no limit and had none.</summary>
    private void Limit(RouteSocket route, LinkInfo port, Bandwidth limit)
    {
        if (limit.IsNone && !limits.ContainsKey(port.Name))
            return;
        LinkShaper.Ensure(route, port, limit);
        limits[port.Name] = limit;
    }

    private void Unlimit(RouteSocket route, Endpoint endpoint)
    {
        if (limits.Remove(endpoint.HostInterfaceName) || endpoint.Options is not null)
            LinkShaper.Remove(route, endpoint.HostInterfaceName);
    }

    /// <summary>Follows what became of the network's limits.</summary>
    private void Limit(OverlayView overlay)
    {
        if (!overlays.TryGetValue(overlay.Network.Id, out var fabric))
            return;
        var changed = (from endpoint in ListEndpoints(overlay.Network.Id)
                       let limit = LimitOf(overlay.Network, endpoint)
                       where limits.GetValueOrDefault(endpoint.HostInterfaceName) != limit
                       let port = fabric.Route.FindLink(endpoint.HostInterfaceName)
                       where port is not null
                       select (port, limit)).ToList();
        if (changed.Count == 0)
            return;
        if (changed.Exists(c => c.limit.Out > 0 && fabric.Guarded.GetValueOrDefault(c.port.Name)?.IsLedPast != true))
            Reguard(fabric, overlay.Network); // Before anything goes past the guard at the port …
        foreach (var (port, limit) in changed)
            Limit(fabric.Route, port, limit);
        if (changed.Exists(c => c.limit.Out == 0))
            Reguard(fabric, overlay.Network); // … and after nothing does any more.
    }

    /// <exception cref="NetworkException">A container's link there has no end on this host, or a rate is none.</exception>
    private static void CheckLimits(NetworkConfig network, IReadOnlyDictionary<string, string> asked)
    {
        if (Bandwidth.FaultOf(asked) is { } fault)
            throw new NetworkException(NetworkFault.Invalid, $"invalid option {fault}: {Bandwidth.Remedy}");
        if (network.Driver is NetworkDrivers.Macvlan or NetworkDrivers.Ipvlan && Bandwidth.Options.Any(asked.ContainsKey))
            throw new NetworkException(
                NetworkFault.Invalid,
                $"a container's link of driver {network.Driver} has no end on this host to limit it at; network "
                + $"{network.Name} can have a bandwidth with driver bridge, vlan or overlay");
    }
}
