namespace Orchestrator.Cli.Parsing;

/// <summary>An older name of a flag: what is given here counts there.</summary>
internal sealed class ListAlias : Flag
{
    private readonly Flag _target;

    public ListAlias(string name, Flag target) : base(name, null, target.TypeName, target.Help) =>
        (_target, Hidden) = (target, true);

    protected override void Accept(string text) => _target.Set(text);
}
