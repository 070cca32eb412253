using System.Globalization;
using Orchestrator.Api;
using Orchestrator.Cli.Http;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Services;

internal sealed class ServiceScale : Command
{
    private readonly BoolFlag _detach;

    public ServiceScale() => _detach = Flags.Bool("detach", 'd', "Do not wait for the services to converge");

    public override string Usage => "SERVICE=REPLICAS [SERVICE=REPLICAS...]";

    public override Arity Arity => Arity.AtLeast(1);

    public override string[] Examples => ["orch service scale web=5 worker=10"];

    public override int Run(Session session, List<string> args)
    {
        // All are read before any is changed: a slip of the pen scales nothing.
        var wanted = args.ConvertAll(Parse);
        var scaled = new List<string>();
        var errors = new List<string>();
        foreach (var (name, replicas) in wanted)
        {
            try
            {
                scaled.Add(Scale(session, name, replicas));
                session.Out.WriteLine($"{name} scaled to {replicas}");
            }
            catch (DaemonException e)
            {
                errors.Add($"{name}: {e.Message}");
            }
        }
        session.Out.Flush();
        var code = 0;
        if (!_detach) foreach (var id in scaled) code = Math.Max(code, Convergence.Wait(session, id, quiet: false));
        foreach (var error in errors) session.Error.WriteLine(error);
        return errors.Count == 0 ? code : 1;
    }

    private static (string Name, ulong Replicas) Parse(string arg)
    {
        var (name, count) = KeyValues.Split(arg);
        if (count is null) throw new UsageException($"invalid scale specifier '{arg}': write SERVICE=REPLICAS", 1);
        return ulong.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var replicas)
            ? (name, replicas)
            : throw new CliException($"{name}: invalid replicas value {count}: write a whole number");
    }

    private static string Scale(Session session, string name, ulong replicas)
    {
        var service = session.Client.Get($"/services/{Escape(name)}", ApiJson.Wire.Service);
        if (service.Spec.Mode.Replicated is { } replicated) replicated.Replicas = replicas;
        else if (service.Spec.Mode.ReplicatedJob is { } job) job.TotalCompletions = replicas;
        else throw new CliException($"{name}: scale can only be used with replicated or replicated-job mode");
        ServiceChange.Send(session, service, service.Spec, rollback: false, []);
        return service.ID;
    }
}
