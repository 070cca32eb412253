using Orchestrator.Api.Swarm;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Services;

/// <summary>What happens when tasks end, and how an update or a rollback goes.</summary>
internal sealed class PolicyFlags(FlagSet f)
{
    private readonly ValueFlag<string> _condition = f.String(
        "restart-condition", null, "When to replace a task: none, on-failure, any");
    private readonly ValueFlag<long?> _delay = f.Duration(
        "restart-delay", "Time before a task is replaced (ns|us|ms|s|m|h)");
    private readonly ValueFlag<ulong?> _attempts = f.UInt("restart-max-attempts", null, "Replacements at most");
    private readonly ValueFlag<long?> _window = f.Duration(
        "restart-window", "Time in which replacements are counted (ns|us|ms|s|m|h)");
    private readonly RolloutFlags _update = new(f, "update", "pause, continue, rollback");
    private readonly RolloutFlags _rollback = new(f, "rollback", "pause, continue");

    public void Apply(ServiceSpec spec)
    {
        spec.UpdateConfig = _update.Apply(spec.UpdateConfig);
        spec.RollbackConfig = _rollback.Apply(spec.RollbackConfig);
        if (!_condition.IsSet && !_delay.IsSet && !_attempts.IsSet && !_window.IsSet) return;
        var policy = spec.TaskTemplate.RestartPolicy ??= new TaskRestartPolicy();
        if (_condition.IsSet) policy.Condition = OneOf(_condition, "none", "on-failure", "any");
        policy.Delay = _delay.Value ?? policy.Delay;
        policy.MaxAttempts = _attempts.Value ?? policy.MaxAttempts;
        policy.Window = _window.Value ?? policy.Window;
    }

    public static string OneOf(ValueFlag<string> flag, params string[] allowed) => allowed.Contains(flag.Value)
        ? flag.Value
        : throw new CliException(
            $"invalid value \"{flag.Value}\" for --{flag.Name}: use {string.Join(", ", allowed)}", 125);
}
