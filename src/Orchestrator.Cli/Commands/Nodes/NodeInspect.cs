using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Nodes;

internal sealed class NodeInspect : Command
{
    private readonly ValueFlag<string> _format;
    private readonly BoolFlag _pretty;

    public NodeInspect()
    {
        _format = Flags.InspectFormat();
        _pretty = Flags.Bool("pretty", null, "Print for people");
    }

    public override string Usage => "[OPTIONS] self|NODE [NODE...]";

    public override Arity Arity => Arity.AtLeast(1);

    public override int Run(Session session, List<string> args)
    {
        if (!_pretty && _format.Value != "pretty")
            return InspectRunner.Run(session, args, _format.Value,
                name => session.Client.GetJson($"/nodes/{Escape(NodeReference.Resolve(session, name))}"));
        if (_pretty && _format.Value.Length > 0)
            throw new CliException("--format is incompatible with human friendly format");
        return InspectRunner.Pretty(
            session, args, name => NodePretty.Write(session.Out, NodeReference.Get(session, name)));
    }
}
