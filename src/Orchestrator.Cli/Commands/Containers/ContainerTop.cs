using Orchestrator.Api;
using Orchestrator.Cli.Http;
using Orchestrator.Cli.Output;

namespace Orchestrator.Cli.Commands.Containers;

internal sealed class ContainerTop : Command
{
    public override string Usage => "CONTAINER [ps OPTIONS]";

    public override Arity Arity => Arity.AtLeast(1);

    public override bool Interspersed => false;

    public override int Run(Session session, List<string> args)
    {
        var query = new Query().Add("ps_args", string.Join(' ', args.Skip(1)));
        var top = session.Client.Get($"/containers/{Escape(args[0])}/top{query}", ApiJson.Wire.TopResponse);
        var table = new TableWriter { MinWidth = 20 };
        table.Add(top.Titles);
        foreach (var process in top.Processes) table.Add(process);
        table.WriteTo(session.Out);
        return 0;
    }
}
