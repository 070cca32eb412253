using Orchestrator.Api;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands;

/// <summary>Removes what nobody uses, once the user has agreed.</summary>
internal abstract class PruneCommand : Command
{
    private readonly BoolFlag _force;
    private readonly ListFlag _filter;

    protected PruneCommand(string example = "until=24h")
    {
        _force = Flags.Bool("force", 'f', "Do not ask");
        _filter = Flags.List("filter", null, $"Remove only what matches (e.g. \"{example}\")", "filter");
    }

    public override string Usage => "[OPTIONS]";

    public override Arity Arity => Arity.None;

    /// <summary>What is about to be lost, as a sentence.</summary>
    protected abstract string Warning { get; }

    public sealed override int Run(Session session, List<string> args)
    {
        if (!_force && !Confirm.Ask(session, Warning)) return 0;
        Prune(session, FilterFlags.ToFilters(_filter));
        return 0;
    }

    protected abstract void Prune(Session session, Filters filters);
}
