namespace Orchestrator.Network;

/// <summary>The names users give to the kinds of network.</summary>
public static class NetworkDrivers
{
    public const string Bridge = "bridge";
    public const string Overlay = "overlay";
    public const string Macvlan = "macvlan";
    public const string Ipvlan = "ipvlan";

    /// <summary>A bridge over a tagged uplink: the same segment on every host that has one.</summary>
    public const string Vlan = "vlan";
    public const string Host = "host";
    public const string None = "none";

    /// <summary>What docker calls the driver of settings for others.</summary>
    public const string Configuration = "null";

    /// <summary>Name of the per-host bridge that gives overlay containers their way out.</summary>
    public const string GatewayNetwork = "orch_gwbridge";
}
