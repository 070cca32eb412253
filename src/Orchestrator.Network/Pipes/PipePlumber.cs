using System.Globalization;
using System.Net;
using Orchestrator.Linux;
using Orchestrator.Linux.Netlink;
using Orchestrator.Network.Hosting;

namespace Orchestrator.Network.Pipes;

/// <summary>Makes and removes the links of pipes. Holds nothing: all it knows is in the pipe and in the kernel.</summary>
/// <remarks>A link is ours by its alias. Any other is used where it is asked for, never changed for good, never
/// deleted.</remarks>
internal sealed class PipePlumber(HostSpace host)
{
    private const string BridgeAlias = LinkNames.Mark + "pipe";

    /// <summary>What a pipe will be, without making it.</summary>
    public Pipe Describe(string containerId, PipeConfig config, DateTimeOffset now)
    {
        var target = PipeTarget.Find(host.Route, config);
        config = config with
        {
            InterfaceName = config.InterfaceName.Length > 0 ? config.InterfaceName
                : target.Kind == PipeKind.Infiniband ? "ib0" : "eth1",
        };
        if (config.LocalName.Length > 0 && target.Kind != PipeKind.Bridge)
            throw new NetworkException(NetworkFault.Invalid,
                $"-l names the host's end of a link to a bridge; one on {target.Name} has no such end");
        return new Pipe
        {
            ContainerId = containerId,
            Config = config,
            Kind = target.Kind,
            HostLink = target.Kind != PipeKind.Bridge ? ""
                : config.LocalName.Length > 0 ? config.LocalName
                : LinkNames.HostEnd(LinkNames.EndpointId(containerId, $"pipe-{config.InterfaceName}")),
            Mac = config.Mac.Length > 0 ? config.Mac : PipeWords.MacOf($"{containerId}/{config.InterfaceName}"),
            Created = now,
        };
    }

    /// <summary>Notes what a card is called before it goes into a container; it is to be on disk first.</summary>
    public Pipe Locate(Pipe pipe, NetNamespace container)
    {
        using var inside = RouteSocket.Open(container);
        if (pipe.Kind != PipeKind.Physical || inside.ListLinks().Exists(l => l.Alias == AliasOf(pipe)))
            return pipe;
        var card = ParentOf(pipe, PipeTarget.Find(host.Route, pipe.Config));
        return pipe with { HostLink = card.Name, HostAlias = card.Alias, Mac = card.Mac?.ToString() ?? "" };
    }

    /// <summary>The VLAN's link that a pipe stands on; null: on none.</summary>
    public string? VlanLinkOf(Pipe pipe) =>
        pipe.Config.Vlan.Length > 0 && pipe.Kind is PipeKind.Macvlan or PipeKind.Physical
            ? $"{PipeTarget.Find(host.Route, pipe.Config).Name}.{pipe.Config.Vlan}" : null;

    /// <summary>Makes what is missing of a pipe. Done again, it does nothing.</summary>
    /// <exception cref="NetworkException">It cannot be; what was made for it is gone again.</exception>
    public void Plug(Pipe pipe, NetNamespace container)
    {
        using var inside = RouteSocket.Open(container);
        var present = inside.FindLink(pipe.Config.InterfaceName);
        if (present is not null && present.Alias != AliasOf(pipe))
            throw new NetworkException(NetworkFault.Conflict,
                $"the container has an interface {present.Name} already; choose another name with -i");
        try
        {
            if (present is null || !IsJoined(pipe))
                Make(pipe, inside, container);
            Configure(pipe, inside, container);
        }
        catch
        {
            if (present is null)
                Unplug(pipe, container);
            throw;
        }
    }

    /// <summary>Takes a pipe out; a card that was moved is back under its name.</summary>
    /// <param name="container">Null: it is gone, and all that was in it.</param>
    public void Unplug(Pipe pipe, NetNamespace? container)
    {
        if (pipe.Kind == PipeKind.Bridge && host.Route.FindLink(pipe.HostLink) is { } end && end.Alias == AliasOf(pipe))
            host.Route.DeleteLink(end.Name);
        if (container is null)
            return;
        using var inside = RouteSocket.Open(container);
        // A card may have been moved, and not yet been renamed.
        if (inside.ListLinks().Find(l => l.Alias == AliasOf(pipe)) is not { } link)
            return;
        if (pipe.Kind == PipeKind.Physical)
            Return(pipe, link, inside);
        else
            inside.DeleteLink(link.Name);
    }

    /// <summary>Removes bridges that were made for pipes, and that none needs any more.</summary>
    /// <param name="used">Names that pipes speak of, also of containers that do not run.</param>
    public void RemoveIdleBridges(IReadOnlySet<string> used)
    {
        var links = host.Route.ListLinks();
        var idle = links.Where(l => l.Alias == BridgeAlias && l.Kind == "bridge" && !used.Contains(l.Name)
            && links.All(port => port.Master != l.Index));
        // With an address it is somebody's way into the private network.
        foreach (var bridge in idle.Where(l => host.Route.ListAddresses().All(a => a.Index != l.Index)))
            host.Route.DeleteLink(bridge.Name);
    }

    public static string AliasOf(Pipe pipe) =>
        LinkNames.AliasOf(pipe.ContainerId, $"pipe-{pipe.Config.InterfaceName}");

    private bool IsJoined(Pipe pipe) => pipe.Kind != PipeKind.Bridge
        || (host.Route.FindLink(pipe.HostLink) is { } end
            && host.Route.FindLink(PipeTarget.Find(host.Route, pipe.Config).Name) is { } bridge
            && end.Master == bridge.Index);

    private void Make(Pipe pipe, RouteSocket inside, NetNamespace container)
    {
        var target = PipeTarget.Find(host.Route, pipe.Config);
        switch (pipe.Kind)
        {
            case PipeKind.Bridge:
                JoinBridge(pipe, target.Name, container);
                break;
            case PipeKind.Macvlan:
                var parent = ParentOf(pipe, target);
                KernelFeature.Need("macvlan links (module macvlan)", target.Name, () => host.Route.CreateMacvlan(
                    Settings(pipe, parent), MacvlanMode.Bridge, container));
                break;
            case PipeKind.Infiniband:
                KernelFeature.Need("IPoIB (module ib_ipoib)", target.Name, () => host.Route.CreateIpoib(
                    Settings(pipe, target.Link!) with { Mac = null }, PipeTarget.PartitionOf(pipe.Config), container));
                break;
            case PipeKind.Dummy:
                KernelFeature.Need("dummy links (module dummy)", target.Name, () => inside.CreateDummy(
                    pipe.Config.InterfaceName, AliasOf(pipe), MacOf(pipe)));
                break;
            default:
                Hand(pipe, target, inside, container);
                break;
        }
    }

    private static SublinkSettings Settings(Pipe pipe, LinkInfo parent) =>
        new(pipe.Config.InterfaceName, parent.Index, AliasOf(pipe), MacOf(pipe));

    private static MacAddress? MacOf(Pipe pipe) => MacAddress.TryParse(pipe.Mac, out var mac) ? mac : null;

    private LinkInfo ParentOf(Pipe pipe, PipeTarget target)
    {
        host.Route.SetUp(target.Name);
        return pipe.Config.Vlan.Length > 0 ? VlanLinks.Ensure(host, target.Link!, pipe.Config.Vlan) : target.Link!;
    }

    private void JoinBridge(Pipe pipe, string name, NetNamespace container)
    {
        if (host.Route.FindLink(pipe.HostLink) is { } taken)
        {
            if (taken.Alias != AliasOf(pipe))
                throw new NetworkException(NetworkFault.Conflict,
                    $"Link {taken.Name} exists and is not ours; choose another name with -l");
            host.Route.DeleteLink(taken.Name); // Of an earlier life of the container.
        }

        var isNew = host.Route.FindLink(name) is null;
        var bridge = isNew ? host.Route.EnsureBridge(name, new BridgeSettings(BridgeAlias)) : host.Route.GetLink(name);
        try
        {
            host.Route.SetUp(name);
            var port = host.Route.CreateVeth(
                new VethSettings(pipe.HostLink, pipe.Config.InterfaceName, MacOf(pipe)!.Value, bridge.Mtu, bridge.Index,
                    AliasOf(pipe)), container);
            using var inside = RouteSocket.Open(container);
            inside.SetAlias(pipe.Config.InterfaceName, AliasOf(pipe));
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

    /// <summary>Gives the container the card itself.</summary>
    private void Hand(Pipe pipe, PipeTarget target, RouteSocket inside, NetNamespace container)
    {
        var card = ParentOf(pipe, target);
        if (host.Route.ListRoutes().Any(r => r.Destination.PrefixLength == 0 && r.Index == card.Index))
            throw new NetworkException(NetworkFault.Conflict,
                $"{card.Name} carries this host's default route; without --direct-phys the host and the container share it");
        host.Route.SetAlias(card.Name, AliasOf(pipe));
        try
        {
            host.Route.Move(card, container, pipe.Config.InterfaceName);
        }
        catch (NetlinkException e)
        {
            host.Route.SetAlias(card.Name, card.Alias);
            throw new NetworkException(NetworkFault.Kernel,
                $"{card.Name} cannot be given to a container: {e.Message}; try it without --direct-phys", e);
        }

        var moved = inside.ListLinks().Find(l => l.Alias == AliasOf(pipe))!; // It was moved just now.
        if (moved.Name != pipe.Config.InterfaceName)
            inside.Rename(moved.Index, pipe.Config.InterfaceName);
        if (MacAddress.TryParse(pipe.Config.Mac, out var wanted))
            inside.SetMac(pipe.Config.InterfaceName, wanted);
    }

    private void Return(Pipe pipe, LinkInfo link, RouteSocket inside)
    {
        inside.SetDown(link.Name);
        if (pipe.Config.Mac.Length > 0 && MacOf(pipe) is { } own)
            inside.SetMac(link.Name, own);
        inside.Move(link, host.Namespace, pipe.HostLink);
        var back = host.Route.ListLinks().Find(l => l.Alias == AliasOf(pipe))!; // It was moved just now.
        if (back.Name != pipe.HostLink)
            host.Route.Rename(back.Index, pipe.HostLink);
        host.Route.SetAlias(pipe.HostLink, pipe.HostAlias);
    }

    private static void Configure(Pipe pipe, RouteSocket inside, NetNamespace container)
    {
        var name = pipe.Config.InterfaceName;
        var link = inside.GetLink(name);
        container.Run(() => Sysctl.TrySet($"ipv6/conf/{name}/disable_ipv6", "0")); // The world outside may well speak it.
        if (pipe.Config.Address.Length == 0)
        {
            inside.SetUp(name);
            return;
        }

        var (address, prefixLength) = PipeWords.Split(pipe.Config.Address);
        inside.EnsureAddress(link.Index, address, prefixLength);
        inside.SetUp(name);
        if (pipe.Config.Gateway.Length > 0)
            SetDefault(inside, link.Index, IPAddress.Parse(pipe.Config.Gateway), address, prefixLength);
        Announcement.Send(container, link, address);
    }

    /// <summary>Leads all that has no better way through a gateway, which need not be in the address's own
    /// network.</summary>
    internal static void SetDefault(
        RouteSocket inside, int link, IPAddress gateway, IPAddress address, int prefixLength, int protocol = 3)
    {
        var length = gateway.GetAddressBytes().Length * 8;
        if (!NetworkOf(address, prefixLength).Contains(gateway))
            inside.PutRoute(
                new RouteSpec { Destination = new IPNetwork(gateway, length), Link = link, Protocol = protocol },
                RoutePut.Replace);
        var any = length == 32 ? IPAddress.Any : IPAddress.IPv6Any;
        inside.PutRoute(
            new RouteSpec { Destination = new IPNetwork(any, 0), Gateway = gateway, Link = link, Protocol = protocol },
            RoutePut.Replace);
    }

    internal static IPNetwork NetworkOf(IPAddress address, int prefixLength)
    {
        var bytes = address.GetAddressBytes();
        for (var bit = prefixLength; bit < bytes.Length * 8; bit++)
            bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        return new IPNetwork(new IPAddress(bytes), prefixLength);
    }
}
