namespace Orchestrator.Network;

/// <summary>The names users give to the kinds of network.</summary>
public static class NetworkDrivers
{
    public const string Bridge = "bridge";
    public const string Overlay = "overlay";
    public const string Host = "host";
    public const string None = "none";

    /// <summary>Name of the per-host bridge that gives overlay containers their way out.</summary>
    public const string GatewayNetwork = "orch_gwbridge";
}
