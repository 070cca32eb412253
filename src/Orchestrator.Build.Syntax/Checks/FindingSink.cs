namespace Orchestrator.Build.Syntax.Checks;

/// <summary>Takes what the checks find.</summary>
internal sealed class FindingSink
{
    private readonly List<Finding> findings = [];

    public IReadOnlyList<Finding> Findings => findings;

    public void Add(Finding finding) => findings.Add(finding);

    public void Add(string rule, Instruction at, string message) => Add(new Finding(rule, at.Position, message));
}
