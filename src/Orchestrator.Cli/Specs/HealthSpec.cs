using Orchestrator.Api;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Specs;

/// <summary>The <c>--health-*</c> flags, the same for containers and services.</summary>
internal sealed class HealthSpec
{
    private readonly ValueFlag<string> _command;
    private readonly ValueFlag<long?> _interval;
    private readonly ValueFlag<long?> _timeout;
    private readonly ValueFlag<long?> _startPeriod;
    private readonly ValueFlag<long?> _startInterval;
    private readonly ValueFlag<long?> _retries;
    private readonly BoolFlag _none;

    public HealthSpec(FlagSet flags)
    {
        _command = flags.String("health-cmd", null, "Command that probes health");
        _interval = flags.Duration("health-interval", "Time between two probes (ms|s|m|h)");
        _timeout = flags.Duration("health-timeout", "Time one probe may take (ms|s|m|h)");
        _startPeriod = flags.Duration("health-start-period", "Time in which failures do not count yet (ms|s|m|h)");
        _startInterval = flags.Duration(
            "health-start-interval", "Time between two probes in the start period (ms|s|m|h)");
        _retries = flags.Int("health-retries", null, "Failures in a row that mean unhealthy");
        _none = flags.Bool("no-healthcheck", null, "Ignore the image's health check");
    }

    private bool AnySet => _command.IsSet || _interval.IsSet || _timeout.IsSet || _startPeriod.IsSet
        || _startInterval.IsSet || _retries.IsSet;

    /// <summary>Null when no flag was given: the image's check stands.</summary>
    /// <param name="before">What an update starts from.</param>
    public HealthConfig? ToConfig(HealthConfig? before = null)
    {
        if (_none) return AnySet
            ? throw new CliException("--no-healthcheck conflicts with --health-* options", 125)
            : new HealthConfig { Test = ["NONE"] };
        if (!AnySet) return before;
        var config = before is { Test: not ["NONE"] } ? before with { } : new HealthConfig();
        if (_command.IsSet) config.Test = _command.Value.Length == 0 ? null : ["CMD-SHELL", _command.Value];
        config.Interval = Checked(_interval) ?? config.Interval;
        config.Timeout = Checked(_timeout) ?? config.Timeout;
        config.StartPeriod = Checked(_startPeriod) ?? config.StartPeriod;
        config.StartInterval = Checked(_startInterval) ?? config.StartInterval;
        config.Retries = (int?)_retries.Value ?? config.Retries;
        if (config.Retries < 0) throw new CliException("--health-retries cannot be negative", 125);
        return config;
    }

    private static long? Checked(ValueFlag<long?> flag) =>
        flag.Value < 0 ? throw new CliException($"--{flag.Name} cannot be negative", 125) : flag.Value;
}
