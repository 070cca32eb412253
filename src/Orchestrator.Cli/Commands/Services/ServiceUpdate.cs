using Orchestrator.Api;
using Orchestrator.Api.Swarm;
using Orchestrator.Cli.Http;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Services;

internal sealed class ServiceUpdate : Command
{
    private readonly ServiceFlags _flags;
    private readonly ValueFlag<string> _image;
    private readonly ValueFlag<string> _args;
    private readonly BoolFlag _force;
    private readonly BoolFlag _rollback;
    private readonly BoolFlag _detach;
    private readonly BoolFlag _quiet;

    public ServiceUpdate()
    {
        _flags = new ServiceFlags(Flags, isUpdate: true);
        _image = Flags.String("image", null, "Image of the tasks");
        _args = Flags.String("args", null, "Arguments of the program", typeName: "command");
        _force = Flags.Bool("force", null, "Replace the tasks although nothing changed");
        _rollback = Flags.Bool("rollback", null, "Return to the spec before this one");
        _detach = Flags.Bool("detach", 'd', "Do not wait for the service to converge");
        _quiet = Flags.Quiet("Do not show progress");
    }

    public override string Usage => "[OPTIONS] SERVICE";

    public override Arity Arity => Arity.Exactly(1);

    public override string[] Examples =>
        ["orch service update --image web:2 --update-parallelism 2 web",
            "orch service update --publish-add 8443:443 web"];

    public override int Run(Session session, List<string> args)
    {
        var service = session.Client.Get($"/services/{Escape(args[0])}", ApiJson.Wire.Service);
        if (_rollback) ServiceChange.Send(session, service, service.Spec, rollback: true, []);
        else
        {
            using var certificates = new RouteCertificates(session);
            var warnings = Change(session, service.Spec, certificates);
            ServiceChange.Send(session, service, service.Spec, rollback: false,
                _flags.Headers(session, service.Spec.TaskTemplate.ContainerSpec!.Image ?? ""));
            foreach (var warning in warnings) session.Error.WriteLine(warning);
            certificates.Keep();
        }
        session.Out.WriteLine(args[0]);
        return _detach ? 0 : Convergence.Wait(session, service.ID, _quiet);
    }

    /// <returns>Warnings for after the change.</returns>
    private string[] Change(Session session, ServiceSpec spec, RouteCertificates certificates)
    {
        _flags.Apply(session, spec, certificates);
        var container = spec.TaskTemplate.ContainerSpec!;
        if (_args.IsSet) container.Args = ShellWords.Split(_args.Value);
        if (_force) spec.TaskTemplate.ForceUpdate++;
        if (!_image.IsSet) return [];
        container.Image = _image.Value;
        return _flags.ResolveImage ? ImageResolution.Pin(session, spec.TaskTemplate) : [];
    }
}
