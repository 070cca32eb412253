using Orchestrator.Manager.Allocation;
using Orchestrator.Manager.ControlApi;
using Orchestrator.Manager.Dispatching;
using Orchestrator.Manager.Logs;
using Orchestrator.Manager.Orchestration;
using Orchestrator.Manager.Reaping;
using Orchestrator.Manager.Roles;
using Orchestrator.Manager.Scheduling;
using Orchestrator.Manager.Sharing;

namespace Orchestrator.Manager;

/// <summary>
/// The settings of a manager's parts. What the operator may change at run time is in the cluster's spec instead.
/// </summary>
public sealed record ManagerOptions
{
    public ControlOptions Control { get; init; } = new();

    public OrchestratorOptions Orchestrator { get; init; } = new();

    public AllocatorOptions Allocator { get; init; } = new();

    public SchedulerOptions Scheduler { get; init; } = new();

    public DispatcherOptions Dispatcher { get; init; } = new();

    public ReaperOptions Reaper { get; init; } = new();

    public RoleOptions Roles { get; init; } = new();

    public LogHubOptions Logs { get; init; } = new();

    public Diagnosis.DiagnosisOptions Diagnosis { get; init; } = new();

    public SharingOptions Sharing { get; init; } = new();

    /// <summary>All faults at once, each naming the setting, its value and the remedy. Empty: usable.</summary>
    public IEnumerable<string> Faults() =>
        [
            .. Control.Faults(), .. Orchestrator.Faults(), .. Allocator.Faults(), .. Scheduler.Faults(),
            .. Dispatcher.Faults(), .. Reaper.Faults(), .. Roles.Faults(), .. Logs.Faults(),
            .. Sharing.Faults(),
        ];
}
