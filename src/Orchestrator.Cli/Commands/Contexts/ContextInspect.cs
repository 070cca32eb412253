using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Cli.Contexts;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Contexts;

internal sealed class ContextInspect : Command
{
    private readonly ValueFlag<string> _format;

    public ContextInspect() => _format = Flags.InspectFormat();

    public override string Usage => "[OPTIONS] [CONTEXT] [CONTEXT...]";

    public override Arity Arity => Arity.Any;

    public override string[] Examples => ["orch context inspect -f '{{.Endpoints.docker.Host}}' prod"];

    public override int Run(Session session, List<string> args)
    {
        List<string> names = args.Count > 0 ? args
            : [Endpoint.NameOf(session.Choice, session.Environment, session.Folder)];
        return InspectRunner.Run(session, names, _format.Value, name => JsonDocument.Parse(Describe(session, name)));
    }

    private static string Describe(Session session, string name)
    {
        var store = new ContextStore(session.Folder);
        var isDefault = name == ContextEntry.DefaultName;
        var context = isDefault ? Endpoint.Default(session.Choice, session.Environment, session.Folder).Context
            : store.Get(name);
        var root = JsonNode.Parse(ContextStore.ToJson(context))!.AsObject();
        var files = new JsonArray([.. context.Tls.Present.Select(static f => (JsonNode)f.Name)]);
        root["TLSMaterial"] = context.Tls.IsEmpty ? new JsonObject() : new JsonObject { ["docker"] = files };
        root["Storage"] = new JsonObject
        {
            ["MetadataPath"] = isDefault ? "<IN MEMORY>" : store.MetaFolder(name),
            ["TLSPath"] = isDefault ? "<IN MEMORY>" : store.TlsFolder(name),
        };
        return root.ToJsonString();
    }
}
