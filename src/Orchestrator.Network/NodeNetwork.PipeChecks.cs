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
        if (networks.Values.FirstOrDefault(n => IsBridged(n) && !n.ConfigOnly && n.Name != NetworkDrivers.GatewayNetwork
            && LinkNames.BridgeOf(n) == target.Name) is { } network)
            throw new NetworkException(
                NetworkFault.Invalid,
                $"{target.Name} is the bridge of network {network.Name}; join that: orch network connect {network.Name} CONTAINER");
        if (target.Link is { } link && LinkNames.IsOurs(link) && !VlanLinks.IsOurs(link) && link.Alias != PipeBridges.BridgeAlias)
            throw new NetworkException(
                NetworkFault.Invalid,
                $"{target.Name} is a link that orch made for its own use; name a bridge or a network card of the host's, or join a "
                + "network: orch network connect NETWORK CONTAINER");
    }
}
