using Orchestrator.Cli.Commands.Images;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Containers;

internal sealed class ContainerExport : Command
{
    private readonly ValueFlag<string> _output;

    public ContainerExport() => _output = Flags.String("output", 'o', "Archive to write, in place of stdout");

    public override string Usage => "[OPTIONS] CONTAINER";

    public override Arity Arity => Arity.Exactly(1);

    public override string[] Examples => ["orch export -o web.tar web"];

    public override int Run(Session session, List<string> args) =>
        ArchiveFile.Save(session, $"/containers/{Escape(args[0])}/export", _output.Value, "container");
}
