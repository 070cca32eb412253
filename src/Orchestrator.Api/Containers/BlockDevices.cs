namespace Orchestrator.Api;

/// <summary>A share of one block device's time.</summary>
public sealed record WeightDevice
{
    public string Path { get; set; } = "";

    /// <summary>10 to 1000.</summary>
    public ushort Weight { get; set; }
}

/// <summary>A bound on the traffic of one block device.</summary>
public sealed record ThrottleDevice
{
    public string Path { get; set; } = "";

    /// <summary>Bytes or operations per second.</summary>
    public ulong Rate { get; set; }
}
