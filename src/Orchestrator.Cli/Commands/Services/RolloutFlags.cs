using Orchestrator.Api.Swarm;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Services;

/// <summary>The six flags that an update has, and a rollback likewise.</summary>
internal sealed class RolloutFlags(FlagSet f, string name, string actions)
{
    private readonly ValueFlag<ulong?> _parallelism = f.UInt(
        $"{name}-parallelism", null, "Tasks replaced at once; 0: all", "1");
    private readonly ValueFlag<long?> _delay = f.Duration(
        $"{name}-delay", "Time between two replacements (ns|us|ms|s|m|h)", "0s");
    private readonly ValueFlag<long?> _monitor = f.Duration(
        $"{name}-monitor", "Time a new task is watched for failure (ns|us|ms|s|m|h)", "5s");
    private readonly ValueFlag<string> _action = f.String(
        $"{name}-failure-action", null, $"What a failure does: {actions}");
    private readonly ValueFlag<double?> _ratio = f.Float(
        $"{name}-max-failure-ratio", "Share of failures to put up with");
    private readonly ValueFlag<string> _order = f.String(
        $"{name}-order", null, "Which goes first: start-first, stop-first");

    /// <summary>As it was when no flag was given.</summary>
    public UpdateConfig? Apply(UpdateConfig? before)
    {
        if (!_parallelism.IsSet && !_delay.IsSet && !_monitor.IsSet && !_action.IsSet && !_ratio.IsSet && !_order.IsSet)
            return before;
        var config = before is null ? new UpdateConfig { Parallelism = 1 } : before with { };
        config.Parallelism = _parallelism.Value ?? config.Parallelism;
        config.Delay = _delay.Value ?? config.Delay;
        config.Monitor = _monitor.Value ?? config.Monitor;
        if (_action.IsSet) config.FailureAction = PolicyFlags.OneOf(_action, actions.Split(", "));
        config.MaxFailureRatio = (float)(_ratio.Value ?? config.MaxFailureRatio);
        if (_order.IsSet) config.Order = PolicyFlags.OneOf(_order, "start-first", "stop-first");
        return config;
    }
}
