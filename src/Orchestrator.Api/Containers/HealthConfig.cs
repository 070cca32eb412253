namespace Orchestrator.Api;

/// <summary>How health is probed. Durations are nanoseconds; 0 inherits.</summary>
public sealed record HealthConfig
{
    /// <summary><c>["NONE"]</c>, <c>["CMD", args…]</c> or <c>["CMD-SHELL", line]</c>; empty inherits.</summary>
    public string[]? Test { get; set; }
    public long? Interval { get; set; }
    public long? Timeout { get; set; }
    public long? StartPeriod { get; set; }
    public long? StartInterval { get; set; }
    public int? Retries { get; set; }
}
