using System.Globalization;
using Orchestrator.Linux.Netlink;
using Orchestrator.Network.Hosting;

namespace Orchestrator.Network.Pipes;

/// <summary>Pipes that are a veth pair, the host's end a port of a bridge.</summary>
internal sealed class PipeBridges(HostSpace host)
{
    internal const string BridgeAlias = LinkNames.Mark + "pipe";

    public bool IsJoined(Pipe pipe, string name) => host.Route.FindLink(pipe.HostLink) is { } end
        && host.Route.FindLink(name) is { } bridge && end.Master == bridge.Index;

    public void Join(Pipe pipe, string name, NetNamespace container)
    {
        MakeRoom(host, pipe);
        var isNew = host.Route.FindLink(name) is null;
        var bridge = isNew ? host.Route.EnsureBridge(name, new BridgeSettings(BridgeAlias)) : host.Route.GetLink(name);
        try
        {
            host.Route.SetUp(name);
            var port = Lay(host, pipe, container, bridge.Mtu, bridge.Index);
            if (pipe.Config.Vlan.Length > 0)
                Tag(bridge, port, int.Parse(pipe.Config.Vlan, CultureInfo.InvariantCulture));
        }
        catch when (isNew)
        {
            host.Route.DeleteLink(pipe.HostLink);
            host.Route.DeleteLink(name);
            throw;
        }
    }

    /// <summary>The container hears one VLAN without tags; ports that are not ours carry it with tags, as a trunk.</summary>
    private void Tag(LinkInfo bridge, LinkInfo port, int vlan)
    {
        const string Feature = "VLAN filtering of bridges (CONFIG_BRIDGE_VLAN_FILTERING)";
        var user = $"{bridge.Name} with @{vlan}";
        if (!host.Route.FiltersVlans(bridge.Name))
        {
            if (bridge.Alias != BridgeAlias)
                throw new NetworkException(NetworkFault.Invalid,
                    $"bridge {bridge.Name} does not look at VLAN tags; if all who use it agree: "
                    + $"ip link set {bridge.Name} type bridge vlan_filtering 1");
            KernelFeature.Need(Feature, user, () => host.Route.FilterVlans(bridge.Name));
            if (!host.Route.FiltersVlans(bridge.Name))
                throw KernelFeature.Missing(Feature, user);
        }

        KernelFeature.Need(Feature, user, () => host.Route.SetAccessVlan(port.Index, vlan));
        foreach (var trunk in host.Route.ListLinks().Where(l => l.Master == bridge.Index && !LinkNames.IsOurs(l)))
            host.Route.AddTrunkVlan(trunk.Index, vlan);
    }

    /// <summary>Removes bridges that were made for pipes, and that none needs any more.</summary>
    /// <param name="used">Names that pipes speak of, also of containers that do not run.</param>
    public void RemoveIdle(IReadOnlySet<string> used)
    {
        var links = host.Route.ListLinks();
        var idle = links.Where(l => l.Alias == BridgeAlias && l.Kind == "bridge" && !used.Contains(l.Name)
            && links.All(port => port.Master != l.Index));
        // With an address it is somebody's way into the private network. Each link has one of its own.
        var ways = IpFamily.Both.SelectMany(family => host.Route.ListAddresses(family.Sockets))
            .Where(a => !a.Address.IsIPv6LinkLocal).Select(a => a.Index).ToHashSet();
        foreach (var bridge in idle.Where(l => !ways.Contains(l.Index)))
            host.Route.DeleteLink(bridge.Name);
    }

    /// <summary>The host's end may be there from an earlier life of the container.</summary>
    internal static void MakeRoom(HostSpace host, Pipe pipe)
    {
        if (host.Route.FindLink(pipe.HostLink) is not { } taken)
            return;
        if (taken.Alias != PipePlumber.AliasOf(pipe))
            throw new NetworkException(NetworkFault.Conflict,
                $"Link {taken.Name} exists and is not ours; choose another name with -l");
        host.Route.DeleteLink(taken.Name);
    }

    /// <summary>Lays the pair, one end on the host, one in the container.</summary>
    /// <param name="master">Index of a bridge; 0: of none.</param>
    internal static LinkInfo Lay(HostSpace host, Pipe pipe, NetNamespace container, int mtu, int master)
    {
        var alias = PipePlumber.AliasOf(pipe);
        var port = host.Route.CreateVeth(
            new VethSettings(
                pipe.HostLink, pipe.Config.InterfaceName, PipePlumber.MacOf(pipe)!.Value, mtu, master, alias), container);
        using var inside = RouteSocket.Open(container);
        inside.SetAlias(pipe.Config.InterfaceName, alias);
        return port;
    }
}
