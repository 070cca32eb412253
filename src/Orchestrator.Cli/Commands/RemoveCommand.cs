using Orchestrator.Cli.Http;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands;

/// <summary>Removal of one kind of object: each name is echoed.</summary>
/// <param name="argument">What usage calls a name of the kind.</param>
/// <param name="path">The path in front of the name.</param>
/// <param name="forceHelp">What <c>--force</c> does here; null: there is no such flag.</param>
internal sealed class RemoveCommand : Command
{
    private readonly string _argument;
    private readonly string _path;
    private readonly BoolFlag? _force;

    public RemoveCommand(string argument, string path, string? forceHelp)
    {
        (_argument, _path) = (argument, path);
        _force = forceHelp is null ? null : Flags.Bool("force", 'f', forceHelp);
    }

    public override string Usage =>
        _force is null ? $"{_argument} [{_argument}...]" : $"[OPTIONS] {_argument} [{_argument}...]";

    public override Arity Arity => Arity.AtLeast(1);

    public override int Run(Session session, List<string> args) => ForEach(session, args, name =>
    {
        session.Client.Delete($"{_path}{Escape(name)}{new Query().Add("force", _force?.Value ?? false)}");
        return name;
    });
}
