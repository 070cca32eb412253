using System.Text.Json;
using Orchestrator.Api;
using Orchestrator.Cli.Http;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Services;

internal sealed class ServiceInspect : Command
{
    private readonly ValueFlag<string> _format;
    private readonly BoolFlag _pretty;

    public ServiceInspect()
    {
        _format = Flags.InspectFormat();
        _pretty = Flags.Bool("pretty", null, "Print for people");
    }

    public override string Usage => "[OPTIONS] SERVICE [SERVICE...]";

    public override Arity Arity => Arity.AtLeast(1);

    public override int Run(Session session, List<string> args)
    {
        if (!_pretty && _format.Value != "pretty")
            return InspectRunner.Run(
                session, args, _format.Value, name => session.Client.GetJson($"/services/{Escape(name)}"));
        if (_pretty && _format.Value.Length > 0)
            throw new CliException("--format is incompatible with human friendly format");
        return InspectRunner.Pretty(session, args, name =>
        {
            using var document = session.Client.GetJson($"/services/{Escape(name)}?insertDefaults=true");
            ServicePretty.Write(
                session.Out, document.RootElement.Deserialize(ApiJson.Wire.Service)!, NetworkNames(session));
        });
    }

    private static Dictionary<string, string> NetworkNames(Session session) =>
        session.Client.Get(
            $"/networks{new Query().Add(Filters.Empty.Add("scope", "swarm"))}", ApiJson.Wire.NetworkResourceArray)
            .ToDictionary(static n => n.Id, static n => n.Name, StringComparer.Ordinal);
}
