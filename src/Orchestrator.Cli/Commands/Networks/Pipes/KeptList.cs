using System.Globalization;
using Orchestrator.Api;
using Orchestrator.Cli.Output;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Networks.Pipes;

internal sealed class KeptList : Command
{
    private readonly ValueFlag<string> _format;

    public KeptList() => _format = Flags.Format();

    public override string Usage => "[OPTIONS]";

    public override Arity Arity => Arity.None;

    public override string[] Examples => ["orch network kept ls"];

    public override int Run(Session session, List<string> args)
    {
        new Listing<KeptCommand>(
            ["Container", "Number", "Command", "State"],
            new("Container", "CONTAINER", static c => c.Container.Length > 0 ? c.Container : c.ContainerID[..12]),
            new("Number", "NUMBER", static c => c.Number.ToString(CultureInfo.InvariantCulture)),
            new("Command", "COMMAND", static c => $"{c.Tool} {string.Join(' ', c.Words)}"),
            new("State", "STATE", static c => c.State),
            new("ContainerID", "CONTAINER ID", static c => c.ContainerID))
        {
            Raw = "container: {{.Container}}\nnumber: {{.Number}}\ncommand: {{.Command}}\nstate: {{.State}}\n",
        }.Write(session.Out, session.Client.Get("/pipes/commands", ApiJson.Wire.KeptCommandArray), _format.Value);
        return 0;
    }
}
