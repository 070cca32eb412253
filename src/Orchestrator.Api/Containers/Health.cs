namespace Orchestrator.Api;

public sealed record Health
{
    /// <summary><c>none starting healthy unhealthy</c>.</summary>
    public string Status { get; set; } = "";
    public int FailingStreak { get; set; }
    public HealthResult[] Log { get; set; } = [];
}

public sealed record HealthResult
{
    public DateTimeOffset Start { get; set; }
    public DateTimeOffset End { get; set; }
    public int ExitCode { get; set; }
    public string Output { get; set; } = "";
}
