using System.Text.Json;
using Orchestrator.Api;
using Orchestrator.Cli.Output;
using Orchestrator.Cli.Output.Templates;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Host;

internal sealed class InfoCommand : Command
{
    private readonly ValueFlag<string> _format;

    public InfoCommand() => _format = Flags.InspectFormat();

    public override string Usage => "[OPTIONS]";

    public override Arity Arity => Arity.None;

    public override string[] Examples => ["orch info -f '{{.Swarm.LocalNodeState}}'"];

    public override int Run(Session session, List<string> args)
    {
        using var document = session.Client.GetJson("/info");
        if (_format.Value.Length > 0)
        {
            if (_format.Value == "json") session.Out.WriteLine(JsonText.Line(document.RootElement));
            else OneObject.Write(session.Out, Template.Parse(_format.Value), TypedJson.Of(document.RootElement, ApiJson.Wire.SystemInfo));
            return 0;
        }
        var info = document.RootElement.Deserialize(ApiJson.Wire.SystemInfo)!;
        session.Out.WriteLine(
            $"Client: orch\n Version:    {BuildInfo.Version}\n Context:    {session.Endpoint.Context.Name}\n"
            + " Debug Mode: false\n\nServer:");
        InfoText.Write(session.Out, info);
        session.Out.Flush();
        foreach (var warning in info.Warnings ?? []) session.Error.WriteLine(warning);
        return 0;
    }
}
