using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Orchestrator.Build.Syntax;
using Orchestrator.Oci.Images;

namespace Orchestrator.Build.Planning;

/// <summary>Instructions that change the configuration and nothing else. Pure.</summary>
internal static class ConfigSteps
{
    private static readonly JsonElement EmptyObject = JsonDocument.Parse("{}").RootElement;

    public static StepOutcome Plan(StageState state, Instruction instruction)
    {
        var (next, shown) = instruction switch
        {
            EnvInstruction env => SetVariables(state, env),
            LabelInstruction label => SetLabels(state, label),
            ExposeInstruction expose => Expose(state, expose),
            VolumeInstruction volume => AddVolumes(state, volume),
            UserInstruction user => SetUser(state, user),
            StopSignalInstruction signal => SetStopSignal(state, signal),
            ShellInstruction shell => (With(state, state.Config with { Shell = [.. shell.Shell] }),
                $"SHELL {HistoryText.Plain(shell.Shell)}"),
            HealthCheckInstruction check => SetHealthCheck(state, check),
            OnBuildInstruction trigger => (
                With(state, state.Config with { OnBuild = [.. state.Config.OnBuild ?? [], trigger.Trigger] }),
                $"ONBUILD {trigger.Trigger}"),
            MaintainerInstruction maintainer => (state with { Author = maintainer.Maintainer },
                $"MAINTAINER {maintainer.Maintainer}"),
            _ => throw new DockerfileException($"unknown instruction: {instruction.Name}", instruction.Position),
        };
        return new StepOutcome(next, new StepWork.None(), StageMachine.Nop(state, shown));
    }

    /// <summary>All words see the environment from before the line.</summary>
    private static (StageState, string) SetVariables(StageState state, EnvInstruction instruction)
    {
        var pairs = Pairs(state, instruction.Variables, instruction.Position);
        if (pairs.Any(pair => pair.Key.Length == 0))
            throw new DockerfileException("ENV names can not be blank", instruction.Position);
        var next = pairs.Aggregate(state, (current, pair) => current.WithEnv(pair.Key, pair.Value));
        return (next, $"ENV {string.Join(' ', pairs.Select(pair => $"{pair.Key}={pair.Value}"))}");
    }

    private static (StageState, string) SetLabels(StageState state, LabelInstruction instruction)
    {
        var pairs = Pairs(state, instruction.Labels, instruction.Position);
        if (pairs.Any(pair => pair.Key.Length == 0))
            throw new DockerfileException("LABEL names can not be blank", instruction.Position);
        var labels = new SortedDictionary<string, string>(state.Config.Labels ?? [], StringComparer.Ordinal);
        foreach (var (key, value) in pairs)
            labels[key] = value;
        return (With(state, state.Config with { Labels = new(labels) }),
            $"LABEL {string.Join(' ', pairs.Select(pair => $"{pair.Key}={pair.Value}"))}");
    }

    private static List<KeyValuePair<string, string>> Pairs(
        StageState state, IEnumerable<KeyValue> pairs, Position position) =>
    [
        .. pairs.Select(pair => KeyValuePair.Create(
            state.Variables.Expand(pair.Key, position), state.Variables.Expand(pair.Value, position))),
    ];

    private static (StageState, string) Expose(StageState state, ExposeInstruction instruction)
    {
        var ports = instruction.Ports.SelectMany(word => state.Variables.ExpandAll(word, instruction.Position))
            .SelectMany(word => Ports(word, instruction.Position)).ToList();
        return (With(state, state.Config with { ExposedPorts = Keys(state.Config.ExposedPorts, ports) }),
            $"EXPOSE {string.Join(' ', ports.Order(StringComparer.Ordinal))}");
    }

    private static IEnumerable<string> Ports(string word, Position position)
    {
        var (range, protocol) = word.Split('/') switch
        {
            [var alone] => (alone, "tcp"),
            [var port, var named] => (port, named.ToLowerInvariant()),
            _ => ("", ""),
        };
        // An address and a host port in front are accepted and mean nothing here, as with docker.
        var ends = range.Split(':')[^1].Split('-');
        if (protocol is not ("tcp" or "udp" or "sctp"))
            throw new DockerfileException($"Invalid proto: {protocol}", position);
        if (ends.Length > 2 || !TryPort(ends[0], out var first) || !TryPort(ends[^1], out var last) || last < first)
            throw new DockerfileException($"Invalid containerPort: {range}", position);
        return Enumerable.Range(first, last - first + 1).Select(port => $"{port}/{protocol}");
    }

    private static bool TryPort(string text, out ushort port) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port);

    private static (StageState, string) AddVolumes(StageState state, VolumeInstruction instruction)
    {
        var paths = instruction.Paths.SelectMany(
            path => state.Variables.ExpandAll(path, instruction.Position)).ToList();
        if (paths.Any(path => path.Trim().Length == 0))
            throw new DockerfileException("VOLUME specified can not be an empty string", instruction.Position);
        return (With(state, state.Config with { Volumes = Keys(state.Config.Volumes, paths) }),
            $"VOLUME {HistoryText.Plain(paths)}");
    }

    private static (StageState, string) SetUser(StageState state, UserInstruction instruction)
    {
        var user = state.Variables.Expand(instruction.User, instruction.Position);
        return (With(state, state.Config with { User = user }), $"USER {user}");
    }

    private static (StageState, string) SetStopSignal(StageState state, StopSignalInstruction instruction)
    {
        var signal = state.Variables.Expand(instruction.Signal, instruction.Position);
        var isNumber = int.TryParse(signal, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        if (isNumber ? number is < 1 or > 64 : !IsSignalName(signal))
            throw new DockerfileException($"Invalid signal: {signal}", instruction.Position);
        return (With(state, state.Config with { StopSignal = signal }), $"STOPSIGNAL {signal}");
    }

    private static bool IsSignalName(string text)
    {
        var name = text.ToUpperInvariant();
        name = name.StartsWith("SIG", StringComparison.Ordinal) ? name[3..] : name;
        return SignalNames.Contains(name) || (name.StartsWith("RTM", StringComparison.Ordinal) && name.Length >= 5);
    }

    /// <remarks>Source: signal(7).</remarks>
    private static readonly ImmutableHashSet<string> SignalNames =
    [
        "ABRT", "ALRM", "BUS", "CHLD", "CLD", "CONT", "FPE", "HUP", "ILL", "INT", "IO", "IOT", "KILL", "PIPE", "POLL",
        "PROF", "PWR", "QUIT", "SEGV", "STKFLT", "STOP", "SYS", "TERM", "TRAP", "TSTP", "TTIN", "TTOU", "URG", "USR1",
        "USR2", "VTALRM", "WINCH", "XCPU", "XFSZ",
    ];

    private static (StageState, string) SetHealthCheck(StageState state, HealthCheckInstruction instruction)
    {
        string[] test = instruction.Command is not { } command ? ["NONE"]
            : command.IsShell ? ["CMD-SHELL", .. command.Words] : ["CMD", .. command.Words];
        var check = new HealthCheck
        {
            Test = test,
            Interval = Nanoseconds(instruction.Interval),
            Timeout = Nanoseconds(instruction.Timeout),
            StartPeriod = Nanoseconds(instruction.StartPeriod),
            StartInterval = Nanoseconds(instruction.StartInterval),
            Retries = instruction.Retries,
        };
        var times = new[] { instruction.Interval, instruction.Timeout, instruction.StartPeriod, instruction.StartInterval }
            .Select(span => GoText.Quote(HistoryText.Duration(span)));
        return (With(state, state.Config with { Healthcheck = check }),
            $"HEALTHCHECK &{{{HistoryText.Quoted(test)} {string.Join(' ', times)} '\\x{instruction.Retries:x2}'}}");
    }

    private static long Nanoseconds(TimeSpan span) => span.Ticks * TimeSpan.NanosecondsPerTick;

    private static StageState With(StageState state, ContainerConfig config) => state with { Config = config };

    private static Dictionary<string, JsonElement> Keys(Dictionary<string, JsonElement>? old, IEnumerable<string> added)
    {
        var merged = new SortedDictionary<string, JsonElement>(old ?? [], StringComparer.Ordinal);
        foreach (var key in added)
            merged[key] = EmptyObject;
        return new(merged);
    }
}
