using Orchestrator.Api;
using Orchestrator.Cli.Http;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Networks.Pipes;

internal sealed class PipeRemove : Command
{
    private readonly ValueFlag<string> _interface;

    public PipeRemove() => _interface = Flags.String("interface", 'i', "Name inside each container", "eth1");

    public override string Usage => "[OPTIONS] CONTAINER [CONTAINER...]";

    public override Arity Arity => Arity.AtLeast(1);

    public override string[] Examples => ["orch network pipe rm -i eth2 web", "orch network pipe rm web db"];

    public override int Run(Session session, List<string> args)
    {
        // All are looked at before any is removed: whoever names the interface without -i means one pipe, not several.
        var pipes = session.Client.Get("/pipes", ApiJson.Wire.PipeArray);
        var faults = args.Select(name => FaultOf(session, pipes, name, args[0])).OfType<string>().ToList();
        if (faults.Count == 0)
            return ForEach(session, args, name =>
            {
                session.Client.Delete($"/containers/{Escape(name)}/pipes/{Escape(_interface.Value)}");
                return name;
            });
        faults.ForEach(session.Error.WriteLine);
        return 1;
    }

    /// <returns>Null: the container has such a pipe.</returns>
    private string? FaultOf(Session session, Pipe[] pipes, string name, string first)
    {
        try
        {
            var id = session.Client.Get($"/containers/{Escape(name)}/json", ApiJson.Wire.ContainerInspect).Id;
            return Array.Exists(pipes, pipe => pipe.ContainerID == id && pipe.Interface == _interface.Value) ? null
                : $"container {name} has no pipe {_interface.Value}; orch network pipe ls lists those there are";
        }
        catch (DaemonException e)
        {
            return e.Status == 404 && name != first
                ? $"{e.Message}; an interface is named with -i: orch network pipe rm -i {name} {first}" : e.Message;
        }
    }
}
