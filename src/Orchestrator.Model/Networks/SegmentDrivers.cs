namespace Orchestrator.Model;

/// <summary>Drivers of networks that stand on a network card of the host, and their options, under docker's names. Pure.
/// </summary>
public static class SegmentDrivers
{
    public const string Macvlan = "macvlan", Ipvlan = "ipvlan", Vlan = "vlan";

    public const string ParentOption = "parent", TagOption = "vlan";

    public const string MacvlanModeOption = "macvlan_mode", IpvlanModeOption = "ipvlan_mode", IpvlanFlagOption = "ipvlan_flag";

    /// <summary>Address by which the host reaches its own containers of a macvlan network, which the card alone does not
    /// let it.</summary>
    public const string HostAccessOption = "host-access";

    public static bool Has(string driver) => driver is Macvlan or Ipvlan or Vlan;

    /// <summary>What is wrong with the options of one of the drivers, with the remedy; null: nothing.</summary>
    public static string? FaultOf(string driver, IReadOnlyDictionary<string, string> options)
    {
        if (options.TryGetValue(LinkName.BridgeOption, out var bridge) && !LinkName.IsValid(bridge))
            return $"invalid bridge name \"{bridge}\": {LinkName.Rule}; give another {LinkName.BridgeOption}";
        if (options.GetValueOrDefault(ParentOption) == "lo")
            return $"loopback interface is not a valid {driver} parent link; name a network card";
        if (options.ContainsKey(HostAccessOption) && (driver != Macvlan
            || options.GetValueOrDefault(MacvlanModeOption) is not (null or "" or "bridge")
            || string.IsNullOrEmpty(options.GetValueOrDefault(ParentOption))))
            return $"option {HostAccessOption} is for macvlan networks in bridge mode on a network card; a {driver} network has none";
        return driver switch
        {
            Macvlan => Among(options, MacvlanModeOption, ["bridge", "private", "vepa", "passthru"]) is { } mode
                ? $"requested macvlan mode '{mode}' is not valid, 'bridge' mode is the macvlan driver default; there are "
                    + "bridge, private, vepa and passthru" : null,
            Ipvlan => FaultOfIpvlan(options),
            _ => string.IsNullOrEmpty(options.GetValueOrDefault(ParentOption)) || TagOf(options) is not (>= 1 and <= 4094)
                ? "the vlan driver needs a network card and a tag from 1 to 4094: -o parent=eth0 -o vlan=42" : null,
        };
    }

    /// <summary>The tag of the vlan driver; null: none, or no number.</summary>
    public static int? TagOf(IReadOnlyDictionary<string, string> options) =>
        int.TryParse(options.GetValueOrDefault(TagOption), out var id) ? id : null;

    private static string? FaultOfIpvlan(IReadOnlyDictionary<string, string> options)
    {
        if (Among(options, IpvlanModeOption, ["l2", "l3", "l3s"]) is { } mode)
            return $"requested ipvlan mode '{mode}' is not valid, 'l2' mode is the ipvlan driver default; there are l2, l3 and l3s";
        return Among(options, IpvlanFlagOption, ["bridge", "private", "vepa"]) is { } flag
            ? $"requested ipvlan flag '{flag}' is not valid, 'bridge' is the ipvlan driver default flag" : null;
    }

    /// <returns>The value, when it is none of those known.</returns>
    private static string? Among(IReadOnlyDictionary<string, string> options, string option, string[] known) =>
        options.GetValueOrDefault(option) is { Length: > 0 } value && !known.Contains(value) ? value : null;
}
