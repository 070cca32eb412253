using System.Diagnostics.Metrics;

namespace Orchestrator.Manager;

/// <summary>What the leader's loops count. One meter, for they are one component to an operator.</summary>
internal sealed class ManagerMetrics : IDisposable
{
    private readonly Meter meter = new("orchestrator.manager");

    public ManagerMetrics()
    {
        SchedulerPass = meter.CreateHistogram<double>("orchestrator.scheduler.pass.duration", "s");
        Scheduled = meter.CreateCounter<long>("orchestrator.scheduler.tasks.assigned", "{task}");
        Unplaced = meter.CreateGauge<int>("orchestrator.scheduler.tasks.unplaced", "{task}");
        Created = meter.CreateCounter<long>("orchestrator.orchestrator.tasks.created", "{task}");
        NodesDown = meter.CreateCounter<long>("orchestrator.dispatcher.nodes.lost", "{node}");
        Statuses = meter.CreateCounter<long>("orchestrator.dispatcher.statuses", "{status}");
        Sessions = meter.CreateUpDownCounter<int>("orchestrator.dispatcher.sessions", "{session}");
    }

    public Histogram<double> SchedulerPass { get; }

    public Counter<long> Scheduled { get; }

    public Gauge<int> Unplaced { get; }

    public Counter<long> Created { get; }

    public Counter<long> NodesDown { get; }

    public Counter<long> Statuses { get; }

    public UpDownCounter<int> Sessions { get; }

    public void Dispose() => meter.Dispose();
}
