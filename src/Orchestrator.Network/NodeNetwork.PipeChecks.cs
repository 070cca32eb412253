using Orchestrator.Linux.Netlink;
using Orchestrator.Network.Hosting;
using Orchestrator.Network.Pipes;

namespace Orchestrator.Network;

/// <summary>What a pipe cannot be. Only one that is asked for now: one on record is restored as it was made.</summary>
public sealed partial class NodeNetwork
{
    /// <summary>What a pipe brings there no table of ours knows: it could send under any neighbour's address.</summary>
    private void RefuseOwnLink(Pipe pipe)
    {
        var target = plumber.TargetOf(pipe);
        var network = NetworkOfBridge(target.Name);
        if (network is not null && network.Name != NetworkDrivers.GatewayNetwork)
            throw new NetworkException(
                NetworkFault.Invalid,
                $"{target.Name} is the bridge of network {network.Name}; join that: orch network connect {network.Name} CONTAINER");
        if (network is not null
            || (target.Link is { } link && LinkNames.IsOurs(link) && !VlanLinks.IsOurs(link)
                && link.Alias != PipeBridges.BridgeAlias))
            throw new NetworkException(
                NetworkFault.Invalid,
                $"{target.Name} is a link that orch made for its own use; name a bridge or a network card of the host's, or join a "
                + "network: orch network connect NETWORK CONTAINER");
    }

    private void RefuseTakenAddress(Pipe pipe)
    {
        if (pipe.Config.Address.Length == 0)
            return;
        var (address, _) = PipeWords.Split(pipe.Config.Address);
        if (address.IsIPv6LinkLocal)
            return; // Each link has those of its own.
        // Given away, a card takes the host's address along.
        if (pipe.Kind != PipeKind.Physical && plumber.HostSideOf(pipe) is { } side && Model.LinkName.IsValid(side)
            && host.Route.FindLink(side) is { } link
            && host.Route.ListAddresses(address.AddressFamily).Exists(a => a.Index == link.Index && a.Address.Equals(address)))
            throw new NetworkException(
                NetworkFault.Conflict, $"{address} is this host's own address on {side}; give the container another");
        if (HolderInside(pipe.ContainerId, address) is { } taken)
            throw new NetworkException(
                NetworkFault.Conflict, $"the container has {address} already, on {taken}; give it another");
    }

    /// <returns>The interface that has an address inside a container, or will have it when that runs; null: none.</returns>
    private string? HolderInside(string containerId, System.Net.IPAddress address)
    {
        if (PipesOf(containerId).FirstOrDefault(p => AddressOf(p) is { } cidr && PipeWords.Split(cidr).Address.Equals(address)) is { } pipe)
            return pipe.Config.InterfaceName;
        if (!sandboxes.ContainsKey(containerId))
            return null;
        using var container = NetNamespace.Open(paths.NamespaceOf(containerId));
        using var inside = RouteSocket.Open(container);
        return inside.ListAddresses(address.AddressFamily).Find(a => a.Address.Equals(address)) is { } taken
            ? inside.ListLinks().Find(l => l.Index == taken.Index)?.Name : null;
    }
}
