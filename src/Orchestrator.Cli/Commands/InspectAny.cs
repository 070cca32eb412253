using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Orchestrator.Cli.Http;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orch inspect</c>: whatever bears the name, containers first.</summary>
internal sealed class InspectAny : Command
{
    private static readonly (string Type, string Path, string Suffix)[] Kinds =
    [
        ("container", "/containers/", "/json"), ("image", "/images/", "/json"), ("network", "/networks/", ""),
        ("volume", "/volumes/", ""), ("service", "/services/", ""), ("task", "/tasks/", ""), ("node", "/nodes/", ""),
        ("secret", "/secrets/", ""), ("config", "/configs/", ""),
    ];

    private readonly ValueFlag<string> _format;
    private readonly ValueFlag<string> _type;
    private readonly BoolFlag _size;

    public InspectAny()
    {
        _format = Flags.InspectFormat();
        _size = Flags.Bool("size", 's', "Show a container's sizes");
        _type = Flags.String("type", null, "Look only for this kind of object");
    }

    public override string Usage => "[OPTIONS] NAME|ID [NAME|ID...]";

    public override Arity Arity => Arity.AtLeast(1);

    public override string[] Examples =>
        ["orch inspect -f '{{.State.Pid}}' web", "orch inspect --type service web"];

    public override int Run(Session session, List<string> args)
    {
        var kinds = _type.Value.Length == 0 ? Kinds : Array.FindAll(Kinds, kind => kind.Type == _type.Value);
        if (kinds.Length == 0)
            throw new CliException(
                $"unknown type: \"{_type.Value}\": must be one of "
                + $"{string.Join(", ", Kinds.Select(static k => $"\"{k.Type}\"").Order(StringComparer.Ordinal))}");
        return InspectRunner.Run(session, args, _format.Value, name => Find(session, kinds, name));
    }

    private (JsonDocument Object, JsonTypeInfo? Type) Find(Session session, (string Type, string Path, string Suffix)[] kinds, string name)
    {
        foreach (var (type, path, suffix) in kinds)
        {
            try
            {
                return (session.Client.GetJson(
                    $"{path}{EscapeImage(name)}{suffix}{(_size && type == "container" ? "?size=1" : "")}"),
                    InspectCommand.TypeOf(path));
            }
            catch (DaemonException e) when (kinds.Length > 1 && IsAbsent(e))
            {
                // Not of this kind: the next may be it.
            }
        }
        throw new CliException(kinds.Length == 1
            ? $"Error: No such {kinds[0].Type}: {name}" : $"Error: No such object: {name}");
    }

    /// <summary>
    /// A node that is no manager answers 503, or 406, to the cluster's kinds, and 501 to those it has not got: nothing is
    /// to be found there.
    /// </summary>
    private static bool IsAbsent(DaemonException e) => e.Status is 404 or 406 or 501 or 503;
}
