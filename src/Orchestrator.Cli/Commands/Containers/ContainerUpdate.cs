using Orchestrator.Api;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Containers;

internal sealed class ContainerUpdate : Command
{
    private readonly LimitFlags _limits;
    private readonly ValueFlag<string> _restart;

    public ContainerUpdate()
    {
        _limits = new LimitFlags(Flags);
        _restart = Flags.String("restart", null, "When to restart it: no, on-failure[:max], always, unless-stopped");
    }

    public override string Usage => "[OPTIONS] CONTAINER [CONTAINER...]";

    public override Arity Arity => Arity.AtLeast(1);

    public override int Run(Session session, List<string> args)
    {
        if (Flags.All.All(static f => !f.IsSet))
            throw new CliException("you must provide one or more flags when using this command");
        var request = new ContainerUpdateRequest
        {
            RestartPolicy = _restart.IsSet ? ContainerRequests.ParseRestart(_restart.Value) : null,
        };
        _limits.Apply(request);
        return ForEach(session, args, name =>
        {
            var response = session.Client.Post($"/containers/{Escape(name)}/update", request,
                ApiJson.Wire.ContainerUpdateRequest, ApiJson.Wire.ContainerUpdateResponse);
            foreach (var warning in response.Warnings) session.Error.WriteLine(warning);
            return name;
        });
    }
}
