namespace Orchestrator.Manager.Diagnosis;

public sealed record DiagnosisOptions
{
    /// <summary>How long a node may take to look itself over. Default 60 s: dead ways are waited for.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>What was changed so shortly before a node is asked, it need not know yet. Default 1 s.</summary>
    public TimeSpan Settling { get; init; } = TimeSpan.FromSeconds(1);
}
