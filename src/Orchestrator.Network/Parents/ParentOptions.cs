using Orchestrator.Linux.Netlink;
using Orchestrator.Model;

namespace Orchestrator.Network.Parents;

/// <summary>Options of the drivers that stand on a network card, under docker's names. Pure.</summary>
internal static class ParentOptions
{
    public static string ParentOf(NetworkConfig network) => network.Options.GetValueOrDefault(SegmentDrivers.ParentOption) ?? "";

    /// <summary>At layer 3 the link itself is the way out: there is no gateway to ask for.</summary>
    public static bool HasGateway(NetworkConfig network) =>
        network.Driver != NetworkDrivers.Ipvlan || IpvlanModeOf(network) == IpvlanMode.L2;

    public static MacvlanMode MacvlanModeOf(NetworkConfig network) =>
        network.Options.GetValueOrDefault(SegmentDrivers.MacvlanModeOption) switch
        {
            "private" => MacvlanMode.Private,
            "vepa" => MacvlanMode.Vepa,
            "passthru" => MacvlanMode.Passthru,
            _ => MacvlanMode.Bridge, // What else there is was refused as the network was made.
        };

    public static IpvlanMode IpvlanModeOf(NetworkConfig network) =>
        network.Options.GetValueOrDefault(SegmentDrivers.IpvlanModeOption) switch
        {
            "l3" => IpvlanMode.L3,
            "l3s" => IpvlanMode.L3S,
            _ => IpvlanMode.L2,
        };

    public static IpvlanFlag IpvlanFlagOf(NetworkConfig network) =>
        network.Options.GetValueOrDefault(SegmentDrivers.IpvlanFlagOption) switch
        {
            "private" => IpvlanFlag.Private,
            "vepa" => IpvlanFlag.Vepa,
            _ => IpvlanFlag.Bridge,
        };

    /// <summary>Refuses what cannot be, before anything is made.</summary>
    public static void Check(NetworkConfig network, IEnumerable<NetworkConfig> others)
    {
        if (SegmentDrivers.FaultOf(network.Driver, network.Options) is { } fault)
            throw new NetworkException(NetworkFault.Invalid, fault);
        if (network.Driver == NetworkDrivers.Vlan
            && others.FirstOrDefault(n => n.Driver == NetworkDrivers.Vlan && ParentLinks.NameOf(n) == ParentLinks.NameOf(network)) is { } same)
            throw new NetworkException(NetworkFault.Conflict,
                $"network {same.Name} is already on VLAN {SegmentDrivers.TagOf(network.Options)} of {ParentOf(network)}; connect "
                + "containers to that one");
        if (network.Driver == NetworkDrivers.Macvlan)
            CheckShared(network, ParentOf(network), others);
    }

    /// <summary>A card that one network passes through whole has no room for another.</summary>
    private static void CheckShared(NetworkConfig network, string parent, IEnumerable<NetworkConfig> others)
    {
        var mode = MacvlanModeOf(network);
        if (parent.Length > 0
            && others.FirstOrDefault(n => n.Driver == NetworkDrivers.Macvlan && ParentOf(n) == parent
                && (mode == MacvlanMode.Passthru || MacvlanModeOf(n) == MacvlanMode.Passthru)) is { } user)
            throw new NetworkException(NetworkFault.Conflict,
                $"network {user.Name} is already using parent interface {parent}; passthru leaves no room for a second network");
    }
}
