namespace Orchestrator.Manager.Orchestration;

public sealed record OrchestratorOptions
{
    /// <summary>How long a replacement waits for the task before it to stop. Default 1 min.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>All faults at once, each naming the setting, its value and the remedy. Empty: usable.</summary>
    public IEnumerable<string> Faults()
    {
        if (StopTimeout <= TimeSpan.Zero)
            yield return $"orchestrator.stop-timeout is {StopTimeout}; set more than zero.";
    }
}
