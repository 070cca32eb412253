using Orchestrator.Api;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Services;

internal sealed class ServiceRollback : Command
{
    private readonly BoolFlag _detach;
    private readonly BoolFlag _quiet;

    public ServiceRollback()
    {
        _detach = Flags.Bool("detach", 'd', "Do not wait for the service to converge");
        _quiet = Flags.Quiet("Do not show progress");
    }

    public override string Usage => "[OPTIONS] SERVICE";

    public override Arity Arity => Arity.Exactly(1);

    public override int Run(Session session, List<string> args)
    {
        var service = session.Client.Get($"/services/{Escape(args[0])}", ApiJson.Wire.Service);
        ServiceChange.Send(session, service, service.Spec, rollback: true, []);
        session.Out.WriteLine(args[0]);
        return _detach ? 0 : Convergence.Wait(session, service.ID, _quiet);
    }
}
