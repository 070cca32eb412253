namespace Orchestrator.Manager.Logs;

public sealed record LogHubOptions
{
    /// <summary>Batches held for a reader that is slower than the nodes; then these wait. Default 256.</summary>
    public int Waiting { get; init; } = 256;

    /// <summary>
    /// Silence after which nodes that still owe an answer are given up, unless following. Default 5 s.
    /// </summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>All faults at once, each naming the setting, its value and the remedy. Empty: usable.</summary>
    public IEnumerable<string> Faults()
    {
        if (Waiting < 1)
            yield return $"logs.waiting is {Waiting}; set 1 or more.";
        if (Patience <= TimeSpan.Zero)
            yield return $"logs.patience is {Patience}; set more than zero.";
    }
}
