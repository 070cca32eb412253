using Orchestrator.Api.Swarm;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Services;

/// <summary>How many tasks, where, and with how much.</summary>
internal sealed class PlacementFlags(FlagSet f, bool isUpdate)
{
    private const long MinMemory = 4 * 1024 * 1024;
    private const long MinNanoCpus = 1_000_000;

    private readonly ListEdit _constraints = new(
        f, isUpdate, "constraint", null, "Condition a node must meet: node.role==worker, node.labels.zone!=b");
    private readonly ListEdit _preferences = new(
        f, isUpdate, "placement-pref", null, "Label to spread over: spread=node.labels.zone", "pref",
        static t => ParsePreference(t));
    private readonly ValueFlag<ulong?> _maxPerNode = f.UInt(
        "replicas-max-per-node", null, "Tasks on one node at most; 0: no bound");
    private readonly ValueFlag<long?> _limitCpu = f.Cpus("limit-cpu", "CPUs a task may use");
    private readonly ValueFlag<long?> _limitMemory = f.Bytes("limit-memory", null, "Memory a task may use");
    private readonly ValueFlag<long?> _limitPids = f.Int("limit-pids", null, "Processes a task may have; 0: no bound");
    private readonly ValueFlag<long?> _reserveCpu = f.Cpus("reserve-cpu", "CPUs set aside for a task");
    private readonly ValueFlag<long?> _reserveMemory = f.Bytes("reserve-memory", null, "Memory set aside for a task");

    public bool MaxPerNodeIsSet => _maxPerNode.IsSet;

    public void Apply(TaskSpec task)
    {
        ApplyResources(task);
        if (!_constraints.IsSet && !_preferences.IsSet && !_maxPerNode.IsSet) return;
        var placement = task.Placement ??= new Placement();
        placement.Constraints = _constraints.Apply(placement.Constraints);
        placement.Preferences = _preferences.Apply(
            placement.Preferences, static t => [ParsePreference(t)],
            static p => "spread=" + p.Spread?.SpreadDescriptor);
        placement.MaxReplicas = _maxPerNode.Value ?? placement.MaxReplicas;
    }

    private void ApplyResources(TaskSpec task)
    {
        Check(_limitCpu, MinNanoCpus, "0.001 CPU");
        Check(_reserveCpu, MinNanoCpus, "0.001 CPU");
        Check(_limitMemory, MinMemory, "4 MiB");
        Check(_reserveMemory, MinMemory, "4 MiB");
        if (_limitCpu.IsSet || _limitMemory.IsSet || _limitPids.IsSet)
        {
            var limits = (task.Resources ??= new TaskResources()).Limits ??= new ResourceLimit();
            limits.NanoCPUs = _limitCpu.Value ?? limits.NanoCPUs;
            limits.MemoryBytes = _limitMemory.Value ?? limits.MemoryBytes;
            limits.Pids = _limitPids.Value ?? limits.Pids;
        }
        if (!_reserveCpu.IsSet && !_reserveMemory.IsSet) return;
        var reserved = (task.Resources ??= new TaskResources()).Reservations ??= new ResourceAmounts();
        reserved.NanoCPUs = _reserveCpu.Value ?? reserved.NanoCPUs;
        reserved.MemoryBytes = _reserveMemory.Value ?? reserved.MemoryBytes;
    }

    private static void Check(ValueFlag<long?> flag, long min, string words)
    {
        if (flag.Value is { } value && value != 0 && value < min)
            throw new CliException($"invalid value for --{flag.Name}: must be at least {words}", 125);
    }

    private static PlacementPreference ParsePreference(string text)
    {
        var (strategy, descriptor) = KeyValues.Split(text);
        return strategy.Equals("spread", StringComparison.OrdinalIgnoreCase) && !string.IsNullOrEmpty(descriptor)
            ? new PlacementPreference { Spread = new SpreadOver { SpreadDescriptor = descriptor } }
            : throw new FormatException($"unsupported placement preference {text}: only spread=LABEL is there");
    }
}
