using System.Runtime.InteropServices;
using Orchestrator.Api;
using Orchestrator.Api.Swarm;
using Orchestrator.Cli.Http;
using Orchestrator.Cli.Output;

namespace Orchestrator.Cli.Commands.Services;

/// <summary>Follows a service until it is as it was asked to be, and has stayed so for its monitor period.</summary>
internal static class Convergence
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(200);

    /// <summary>Ctrl-C ends the wait, not the change.</summary>
    /// <returns>The exit code.</returns>
    public static int Wait(Session session, string id, bool quiet)
    {
        session.Out.Flush();
        var writer = quiet ? TextWriter.Null : session.Out;
        var display = new ProgressDisplay(writer, session.OutputIsTerminal && !quiet);
        using var interrupted = new ManualResetEventSlim();
        using var signal = PosixSignalRegistration.Create(PosixSignal.SIGINT, context =>
        {
            context.Cancel = true;
            interrupted.Set();
        });
        var watch = new ConvergenceWatch(display, id);
        while (true)
        {
            var step = watch.Next(Observe(session.Client, id), session.Time.GetUtcNow());
            if (step is WatchStep.Done) return 0;
            if (step is WatchStep.Failed { Message: var message }) throw new CliException(message);
            if (!interrupted.Wait(Poll)) continue;
            display.Line(null, $"Operation continuing in background.\nUse `orch service ps {id}` to check progress.");
            return 0;
        }
    }

    private static ServiceView Observe(ApiClient client, string id)
    {
        var service = client.Get($"/services/{id}", ApiJson.Wire.Service);
        var tasks = client.Get(
            $"/tasks{new Query().Add(Filters.Empty.Add("service", service.ID).Add("_up-to-date", "true"))}",
            ApiJson.Wire.SwarmTaskArray);
        var active = client.Get("/nodes", ApiJson.Wire.NodeArray).Where(static n => n.Status.State != "down")
        .Select(static n => n.ID);
        return new ServiceView(service, tasks, active.ToHashSet(StringComparer.Ordinal));
    }
}
