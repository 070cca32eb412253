using Orchestrator.Linux.Netlink;

namespace Orchestrator.Network.Parents;

/// <summary>Options of the drivers that stand on a network card, under docker's names. Pure.</summary>
internal static class ParentOptions
{
    public const string Parent = "parent", Vlan = "vlan";
    private const string MacvlanModeOption = "macvlan_mode", IpvlanModeOption = "ipvlan_mode";
    private const string IpvlanFlagOption = "ipvlan_flag";

    public static string ParentOf(NetworkConfig network) => network.Options.GetValueOrDefault(Parent) ?? "";

    /// <summary>At layer 3 the link itself is the way out: there is no gateway to ask for.</summary>
    public static bool HasGateway(NetworkConfig network) =>
        network.Driver != NetworkDrivers.Ipvlan || IpvlanModeOf(network) == IpvlanMode.L2;

    public static MacvlanMode MacvlanModeOf(NetworkConfig network) =>
        network.Options.GetValueOrDefault(MacvlanModeOption) switch
        {
            null or "" or "bridge" => MacvlanMode.Bridge,
            "private" => MacvlanMode.Private,
            "vepa" => MacvlanMode.Vepa,
            "passthru" => MacvlanMode.Passthru,
            var other => throw Invalid(
                $"requested macvlan mode '{other}' is not valid, 'bridge' mode is the macvlan driver default; there are "
                + "bridge, private, vepa and passthru"),
        };

    public static IpvlanMode IpvlanModeOf(NetworkConfig network) =>
        network.Options.GetValueOrDefault(IpvlanModeOption) switch
        {
            null or "" or "l2" => IpvlanMode.L2,
            "l3" => IpvlanMode.L3,
            "l3s" => IpvlanMode.L3S,
            var other => throw Invalid(
                $"requested ipvlan mode '{other}' is not valid, 'l2' mode is the ipvlan driver default; there are l2, l3 and "
                + "l3s"),
        };

    public static IpvlanFlag IpvlanFlagOf(NetworkConfig network) =>
        network.Options.GetValueOrDefault(IpvlanFlagOption) switch
        {
            null or "" or "bridge" => IpvlanFlag.Bridge,
            "private" => IpvlanFlag.Private,
            "vepa" => IpvlanFlag.Vepa,
            var other => throw Invalid(
                $"requested ipvlan flag '{other}' is not valid, 'bridge' is the ipvlan driver default flag"),
        };

    /// <summary>Refuses what cannot be, before anything is made.</summary>
    public static void Check(NetworkConfig network, IEnumerable<NetworkConfig> others)
    {
        var parent = ParentOf(network);
        if (parent == "lo")
            throw Invalid($"loopback interface is not a valid {network.Driver} parent link; name a network card");
        if (network.Driver == NetworkDrivers.Vlan)
        {
            if (parent.Length == 0 || !int.TryParse(network.Options.GetValueOrDefault(Vlan), out var id) || id is < 1 or > 4094)
                throw Invalid(
                    "the vlan driver needs a network card and a tag from 1 to 4094: -o parent=eth0 -o vlan=42");
            if (others.FirstOrDefault(n => n.Driver == NetworkDrivers.Vlan && ParentLinks.NameOf(n) == ParentLinks.NameOf(network)) is { } same)
                throw new NetworkException(NetworkFault.Conflict,
                    $"network {same.Name} is already on VLAN {id} of {parent}; connect containers to that one");
            return;
        }

        if (network.Driver == NetworkDrivers.Ipvlan)
        {
            IpvlanModeOf(network);
            IpvlanFlagOf(network);
        }
        else
        {
            CheckShared(network, parent, others);
        }
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

    private static NetworkException Invalid(string message) => new(NetworkFault.Invalid, message);
}
