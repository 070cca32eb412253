using Orchestrator.Api;
using Orchestrator.Cli.Output;

namespace Orchestrator.Cli.Commands.Containers;

internal sealed class ContainerDiff : Command
{
    public override string Usage => "CONTAINER";

    public override Arity Arity => Arity.Exactly(1);

    public override int Run(Session session, List<string> args)
    {
        var changes = session.Client.Get(
            $"/containers/{Escape(args[0])}/changes", ApiJson.Wire.FilesystemChangeArray);
        foreach (var change in changes)
            session.Out.WriteLine($"{Letter(change.Kind)} {Text.Printable(change.Path)}");
        return 0;
    }

    private static char Letter(int kind) => kind switch { 0 => 'C', 1 => 'A', _ => 'D' };
}
