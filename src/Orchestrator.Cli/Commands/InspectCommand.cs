using System.Text.Json.Serialization.Metadata;
using Orchestrator.Api;
using Orchestrator.Cli.Http;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands;

/// <summary>Inspect of one kind of object.</summary>
/// <param name="argument">What usage calls a name of the kind.</param>
/// <param name="path">The path in front of the name.</param>
/// <param name="suffix">The path behind the name.</param>
internal sealed class InspectCommand : Command
{
    private readonly string _argument;
    private readonly string _path;
    private readonly string _suffix;
    private readonly ValueFlag<string> _format;
    private readonly BoolFlag? _size;
    private readonly BoolFlag? _verbose;
    private readonly ValueFlag<string>? _platform;

    public InspectCommand(string argument, string path, string suffix = "")
    {
        (_argument, _path, _suffix) = (argument, path, suffix);
        _format = Flags.InspectFormat();
        if (path == "/containers/") _size = Flags.Bool("size", 's', "Show sizes");
        if (path == "/networks/") _verbose = Flags.Bool("verbose", 'v', "Show services and tasks, too");
        if (path == "/images/") _platform = Flags.Platform();
    }

    public override string Usage => $"[OPTIONS] {_argument} [{_argument}...]";

    public override Arity Arity => Arity.AtLeast(1);

    public override int Run(Session session, List<string> args)
    {
        var query = new Query().Add("size", _size?.Value == true).Add("verbose", _verbose?.Value == true)
            .Add("platform", _platform?.Value ?? "");
        return InspectRunner.Run(session, args, _format.Value,
            name => session.Client.GetJson($"{_path}{EscapeImage(name)}{_suffix}{query}"), TypeOf(_path));
    }

    /// <summary>The shape of what is inspected there; null: none is known.</summary>
    public static JsonTypeInfo? TypeOf(string path) => path switch
    {
        "/containers/" => ApiJson.Wire.ContainerInspect,
        "/images/" => ApiJson.Wire.ImageInspect,
        "/networks/" => ApiJson.Wire.NetworkResource,
        "/volumes/" => ApiJson.Wire.Volume,
        "/services/" => ApiJson.Wire.Service,
        "/tasks/" => ApiJson.Wire.SwarmTask,
        "/nodes/" => ApiJson.Wire.Node,
        "/secrets/" => ApiJson.Wire.Secret,
        "/configs/" => ApiJson.Wire.Config,
        _ => null,
    };
}
