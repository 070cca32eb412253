using Orchestrator.Api;
using Orchestrator.Api.Swarm;
using Orchestrator.Cli.Http;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Services;

// Step 1 of `orch service create` (docs/ARCHITECTURE.md): from the command line to POST /services/create.
internal sealed class ServiceCreate : Command
{
    private readonly ValueFlag<string> _name;
    private readonly ValueFlag<string> _mode;
    private readonly ServiceFlags _flags;
    private readonly BoolFlag _detach;
    private readonly BoolFlag _quiet;

    public ServiceCreate()
    {
        _name = Flags.String("name", null, "Name of the service");
        _mode = Flags.String("mode", null, "replicated, global, replicated-job or global-job", "replicated");
        _flags = new ServiceFlags(Flags, isUpdate: false);
        _detach = Flags.Bool("detach", 'd', "Do not wait for the service to converge");
        _quiet = Flags.Quiet("Do not show progress");
    }

    public override string Usage => "[OPTIONS] IMAGE [COMMAND] [ARG...]";

    public override Arity Arity => Arity.AtLeast(1);

    public override bool Interspersed => false;

    public override string[] Examples =>
    [
        "orch service create --name web --replicas 3 -p 8080:80 web",
        "orch service create --name agent --mode global --mount "
        + "type=bind,source=/var/log,target=/logs,readonly shipper",
        "orch service create --name db --constraint node.labels.disk==ssd --reserve-memory 1g db",
    ];

    public override int Run(Session session, List<string> args)
    {
        var spec = new ServiceSpec
        {
            Name = _name.IsSet ? _name.Value : null,
            Mode = _flags.ModeOf(_mode.Value),
            TaskTemplate = new TaskSpec
            {
                ContainerSpec = new ContainerSpec { Image = args[0], Args = args.Count > 1 ? [.. args.Skip(1)] : null },
            },
        };
        using var certificates = new RouteCertificates(session);
        _flags.Apply(session, spec, certificates);
        var warnings = !_flags.ResolveImage ? [] : ImageResolution.Pin(session, spec.TaskTemplate);

        using var response = session.Client.Send("POST", "/services/create",
            ApiClient.Json(spec, ApiJson.Wire.ServiceSpec), _flags.Headers(session, args[0]));
        certificates.Keep();
        var created = System.Text.Json.JsonSerializer.Deserialize(response.Body, ApiJson.Wire.ServiceCreateResponse)!;
        session.Out.WriteLine(created.ID);
        session.Out.Flush();
        foreach (var warning in (created.Warnings ?? []).Concat(warnings)) session.Error.WriteLine(warning);
        return _detach ? 0 : Convergence.Wait(session, created.ID, _quiet);
    }
}
