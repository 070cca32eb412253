using System.Globalization;
using Orchestrator.Linux.Netlink;
using Orchestrator.Network.Switching;

namespace Orchestrator.Network.Pipes;

/// <summary>What the word for the host's side of a pipe stands for on this host, now.</summary>
/// <param name="Name">Name of the link, also of a bridge that is yet to be made.</param>
internal sealed record PipeTarget(PipeKind Kind, string Name, LinkInfo? Link)
{
    /// <exception cref="NetworkException">It stands for nothing, or for what pipes cannot join.</exception>
    public static PipeTarget Find(RouteSocket route, VirtualSwitch switches, PipeConfig config)
    {
        var name = NameOf(route, config.HostInterface);
        if (!Model.LinkName.IsValid(name))
            throw Invalid($"invalid host interface \"{name}\": {Model.LinkName.Rule}");
        var link = route.FindLink(name);
        // A bridge of Open vSwitch need not be a link, and is one of a kind of which there are others.
        var target = link is null or { Kind: "openvswitch" or "tun" } && switches.HasBridge(name)
            ? new PipeTarget(PipeKind.OpenVSwitch, name, link)
            : link is not null ? OfLink(link, config) : OfName(name, switches);
        if (config.DirectPhys && target.Kind != PipeKind.Physical)
            throw Invalid($"--direct-phys takes a network card; {name} is none");
        if (target.Kind == PipeKind.Infiniband)
            CheckInfiniband(config);
        else if (config.Vlan.Length > 0
            && (!int.TryParse(config.Vlan, NumberStyles.None, CultureInfo.InvariantCulture, out var id) || id is < 1 or > 4094))
            throw Invalid($"invalid VLAN {config.Vlan}: give 1 to 4094 after the @");
        if (target.Kind == PipeKind.Dummy && config.Dhcp)
            throw Invalid("a dummy interface leads to no DHCP server; give it an address");
        return target;
    }

    private static string NameOf(RouteSocket route, string word)
    {
        if (!word.StartsWith("mac:", StringComparison.OrdinalIgnoreCase))
            return word;
        var found = MacAddress.TryParse(word[4..], out var mac)
            ? route.ListLinks().Find(l => l.Mac == mac && l.Kind is not ("macvlan" or "vlan")) : null;
        return found?.Name ?? throw Invalid(
            $"Mac address {word[4..]} specified for interface but no host interface matched; ip link shows those there are");
    }

    private static PipeTarget OfLink(LinkInfo link, PipeConfig config) => link switch
    {
        { Kind: "bridge" } => new(PipeKind.Bridge, link.Name, link),
        { Kind: "openvswitch" } => throw Invalid($"{link.Name} is a port of Open vSwitch, not a bridge; name its bridge"),
        { HardwareType: LinkInfo.InfiniBand } => new(PipeKind.Infiniband, link.Name, link),
        { HardwareType: Loopback } => throw Invalid("lo leads nowhere; name a bridge or a network card"),
        _ => new(config.DirectPhys ? PipeKind.Physical : PipeKind.Macvlan, link.Name, link),
    };

    private static PipeTarget OfName(string name, VirtualSwitch switches)
    {
        if (name.StartsWith("br", StringComparison.Ordinal))
            return new(PipeKind.Bridge, name, null);
        if (name.StartsWith("dummy", StringComparison.Ordinal))
            return new(PipeKind.Dummy, name, null);
        if (name.StartsWith("ovs", StringComparison.Ordinal))
            return switches.IsThere ? new(PipeKind.OpenVSwitch, name, null) : throw Invalid(
                $"{name}: this host has no Open vSwitch; use a Linux bridge (its name begins with br), VLANs included");
        if (name.StartsWith("ib", StringComparison.Ordinal))
            throw Invalid($"{name}: this host has no such InfiniBand interface (IPoIB)");
        throw Invalid($"I do not know how to set up interface {name}: there is none of that name on this host, "
            + "and only bridges, whose names begin with br, are made");
    }

    private static void CheckInfiniband(PipeConfig config)
    {
        if (config.Mac.Length > 0)
            throw Invalid("MAC address configuration is unsupported for IPoIB interfaces");
        if (config.Vlan.Length > 0 && PartitionOf(config) is null)
            throw Invalid($"invalid partition key {config.Vlan}: give four hexadecimal digits after the @");
    }

    public static ushort? PartitionOf(PipeConfig config) =>
        ushort.TryParse(config.Vlan, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var key) ? key : null;

    private const int Loopback = 772;

    private static NetworkException Invalid(string message) => new(NetworkFault.Invalid, message);
}
