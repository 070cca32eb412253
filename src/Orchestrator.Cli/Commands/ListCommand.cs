using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands;

/// <summary>A table of all there is of a kind: <c>--filter</c>, <c>--format</c>, <c>--quiet</c>.</summary>
internal abstract class ListCommand : Command
{
    protected ListCommand(string quiet = "Print IDs only")
    {
        Filter = Flags.Filter();
        Format = Flags.Format();
        Quiet = Flags.Quiet(quiet);
    }

    public override string Usage => "[OPTIONS]";

    public override Arity Arity => Arity.None;

    protected ListFlag Filter { get; }

    protected ValueFlag<string> Format { get; }

    protected BoolFlag Quiet { get; }
}
