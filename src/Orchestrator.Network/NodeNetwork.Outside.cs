using Orchestrator.Linux.Netlink;
using Orchestrator.Network.Hosting;
using Orchestrator.Network.Parents;

namespace Orchestrator.Network;

/// <summary>Networks of the world outside: macvlan, ipvlan, vlan. Their router is not this host.</summary>
public sealed partial class NodeNetwork
{
    private readonly ParentLinks parents;

    private static bool IsOutside(NetworkConfig network) =>
        network.Driver is NetworkDrivers.Macvlan or NetworkDrivers.Ipvlan or NetworkDrivers.Vlan;

    private IEnumerable<NetworkConfig> Outside => networks.Values.Where(IsOutside);

    private IEnumerable<string> VlanBridges =>
        Outside.Where(n => n.Driver == NetworkDrivers.Vlan).Select(LinkNames.BridgeOf);

    private NetworkConfig AddOutside(NetworkConfig config)
    {
        ParentOptions.Check(config, Outside);
        var network = Complete(config);
        HostAccess.Check(network);
        ParentLinks.NeedLinks(network);
        Keep(network);
        try
        {
            Admit();
            parents.Ensure(network);
            ReplaceNeighbours();
        }
        catch
        {
            Forget(network);
            RemoveOutside(network);
            throw;
        }

        return network;
    }

    private void RemoveOutside(NetworkConfig network)
    {
        parents.Remove(network);
        Admit();
        RemoveIdleLinks();
    }

    private Endpoint JoinOutside(SandboxRecord sandbox, NetworkConfig network, EndpointConfig config)
    {
        var endpoint = Describe(sandbox, network, config, network.IsOfCluster
            ? GivenAddress(network, isIPv6: false, config.IPv4) : ChooseAddress(network, network.Pools[0], config.IPv4));
        var isLone = network.Internal || (network.Driver != NetworkDrivers.Vlan && ParentOptions.ParentOf(network).Length == 0);
        return Add(sandbox, endpoint with
        {
            IsOutside = true,
            HostInterfaceName = network.Driver == NetworkDrivers.Vlan ? endpoint.HostInterfaceName : "",
            // All links of ipvlan have the card's address.
            Mac = network.Driver == NetworkDrivers.Ipvlan ? "" : endpoint.Mac,
            IPv6 = network is { IsOfCluster: true, Pool6: not null }
                ? GivenAddress(network, isIPv6: true, config.IPv6) : ChooseAddress6(network, config),
            Gateway = isLone ? "" : ParentOptions.HasGateway(network) ? network.Pools[0].Gateway! : "0.0.0.0",
            Gateway6 = isLone || network.Pool6 is not { } six ? null : ParentOptions.HasGateway(network) ? six.Gateway : "::",
        });
    }

    private void UnplugOutside(Endpoint endpoint)
    {
        var path = paths.NamespaceOf(endpoint.ContainerId);
        using var container = NetNamespace.IsPinned(path) ? NetNamespace.Open(path) : null;
        parents.Unplug(networks.GetValueOrDefault(endpoint.NetworkId), endpoint, container);
    }

    /// <summary>What a reboot took is made again. A card that is not there now is named when somebody needs it.</summary>
    private void MendOutside()
    {
        foreach (var network in Outside)
            Try(() => parents.Ensure(network));
    }

    /// <summary>What cannot be, as on a card that is gone or under a name that something else has taken, keeps nobody else
    /// from being restored.</summary>
    private static void Try(Action make)
    {
        try
        {
            make();
        }
        catch (Exception e) when (IsKernel(e) || e is NetworkException)
        {
            // The next look finds it missing, tries again and says why not; so does who joins.
        }
    }
}
