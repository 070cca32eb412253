using System.Globalization;
using Orchestrator.Api.Swarm;
using Orchestrator.Cli.Output;

namespace Orchestrator.Cli.Commands.Services;

/// <summary>Judges look after look at a service, and shows each. No I/O and no clock of its own.</summary>
internal sealed class ConvergenceWatch(ProgressDisplay display, string id)
{
    private static readonly TimeSpan DefaultMonitor = TimeSpan.FromSeconds(5);

    private readonly TaskProgress _progress = new(display);
    private DateTimeOffset? _convergedAt;
    private bool _converged;
    private bool _rollback;
    private string? _closing;

    public WatchStep Next(ServiceView view, DateTimeOffset now)
    {
        if (Judge(view.Service.UpdateStatus) is { } verdict) return verdict;
        var monitor = view.Service.Spec.UpdateConfig?.Monitor is > 0 and var ns
            ? TimeSpan.FromTicks(ns / 100) : DefaultMonitor;
        if (_converged && now - _convergedAt >= monitor)
        {
            display.Line("verify", $"Service {id} converged");
            if (_closing is not null) display.Line(null, _closing);
            return new WatchStep.Done();
        }
        _converged = _progress.Show(view, _rollback);
        if (!_converged)
        {
            if (_convergedAt is not null) display.Line("verify", "Detected task failure");
            _convergedAt = null;
            return new WatchStep.GoOn();
        }
        if (view.Service.JobStatus is not null)
        {
            display.Line(null, "job complete");
            return new WatchStep.Done();
        }
        _convergedAt ??= now;
        var left = (int)(monitor - (now - _convergedAt.Value)).TotalSeconds + 1;
        display.Line(
            "verify", string.Create(
            CultureInfo.InvariantCulture, $"Waiting {left} seconds to verify that tasks are stable..."));
        return new WatchStep.GoOn();
    }

    private WatchStep? Judge(UpdateStatus? status)
    {
        switch (status?.State)
        {
            case "updating":
                _rollback = false;
                return null;
            case "completed":
                return _converged ? null : new WatchStep.Done();
            case "paused":
                return new WatchStep.Failed($"service update paused: {status.Message}");
            case "rollback_started":
                if (!_rollback && !string.IsNullOrEmpty(status.Message)) display.Line("rollback", status.Message);
                _rollback = true;
                return null;
            case "rollback_paused":
                return new WatchStep.Failed($"service rollback paused: {status.Message}");
            case "rollback_completed":
                if (!_converged) _closing = $"rollback: {status.Message}";
                _rollback = true;
                return null;
            default:
                return null;
        }
    }
}
