using Orchestrator.Cli.Http;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Containers;

internal sealed class ContainerRemove : Command
{
    private readonly BoolFlag _force;
    private readonly BoolFlag _link;
    private readonly BoolFlag _volumes;

    public ContainerRemove()
    {
        _force = Flags.Bool("force", 'f', "Kill it first if it runs");
        _link = Flags.Bool("link", 'l', "Remove a link, not the container");
        _volumes = Flags.Bool("volumes", 'v', "Remove its anonymous volumes, too");
    }

    public override string Usage => "[OPTIONS] CONTAINER [CONTAINER...]";

    public override Arity Arity => Arity.AtLeast(1);

    public override int Run(Session session, List<string> args)
    {
        var query = new Query().Add("v", _volumes).Add("link", _link).Add("force", _force);
        return ForEach(session, args, name =>
        {
            try
            {
                session.Client.Delete($"/containers/{Escape(name.Trim('/'))}{query}");
            }
            catch (DaemonException e) when (_force && e.Status == 404)
            {
                // Forced: that it is gone is what was asked for. It is named all the same.
                session.Error.WriteLine(e.Message);
                return null;
            }
            return name;
        });
    }
}
