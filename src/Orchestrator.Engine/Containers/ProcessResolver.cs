using Orchestrator.Oci.Bundle;
using Orchestrator.Oci.Images;

namespace Orchestrator.Engine.Containers;

/// <summary>Lays what the creator asked for over what the image offers. Pure.</summary>
internal static class ProcessResolver
{
    /// <exception cref="EngineException">Neither names a program, or a setting has no meaning.</exception>
    public static ProcessRecord Resolve(ContainerSpec spec, ContainerConfig image)
    {
        // An entrypoint of one's own drops the image's command: that was meant for the image's entrypoint.
        var entrypoint = spec.Entrypoint ?? image.Entrypoint ?? [];
        var command = spec.Command is { Count: > 0 } own ? own : spec.Entrypoint is null ? image.Cmd ?? [] : [];
        if (entrypoint is [""])
            entrypoint = [];
        if (entrypoint.Count + command.Count == 0)
            throw EngineException.Invalid("no command specified");

        var stopSignal = FirstOf(spec.StopSignal, image.StopSignal, "SIGTERM");
        Signals.Parse(stopSignal);
        return new ProcessRecord
        {
            Arguments = [.. entrypoint, .. command],
            EntrypointLength = entrypoint.Count,
            Environment = Environment(spec, image),
            WorkingDirectory = Directory(FirstOf(spec.WorkingDirectory, image.WorkingDir, "/")),
            User = FirstOf(spec.User, image.User, ""),
            StopSignal = stopSignal,
            Labels = Merge(image.Labels, spec.Labels),
            ExposedPorts =
                [.. (image.ExposedPorts ?? []).Keys.Concat(spec.ExposedPorts).Select(WithProtocol).Distinct()],
            Health = Health(spec.Health, image.Healthcheck),
        };
    }

    private static List<string> Environment(ContainerSpec spec, ContainerConfig image)
    {
        var all = new List<string>();
        if (!(image.Env ?? []).Any(variable => variable.StartsWith("PATH=", StringComparison.Ordinal)))
            all.Add(ContainerDefaults.Path);
        foreach (var variable in (image.Env ?? []).Concat(spec.Env))
            Put(all, variable);
        return all;
    }

    /// <summary>Replaces in place, so that the order stays that of the first mention; a bare name removes.</summary>
    private static void Put(List<string> all, string variable)
    {
        var equals = variable.IndexOf('=');
        var name = equals < 0 ? variable : variable[..equals];
        var at = all.FindIndex(known => known.StartsWith(name, StringComparison.Ordinal)
            && known.Length > name.Length && known[name.Length] == '=');
        if (equals < 0 && at >= 0)
            all.RemoveAt(at);
        else if (equals > 0 && at >= 0)
            all[at] = variable;
        else if (equals > 0)
            all.Add(variable);
    }

    private static string Directory(string path) => path.StartsWith('/')
        ? path
        : throw EngineException.Invalid(
            $"the working directory '{path}' is invalid, it needs to be an absolute path");

    private static HealthSpec? Health(HealthSpec? own, HealthCheck? image)
    {
        if (image is null || own is { Test: ["NONE", ..] })
            return own is { Test: [] } ? null : own;
        return new HealthSpec(
            own is { Test.Count: > 0 } ? own.Test : image.Test ?? [],
            Pick(own?.Interval, image.Interval),
            Pick(own?.Timeout, image.Timeout),
            Pick(own?.StartPeriod, image.StartPeriod),
            Pick(own?.StartInterval, image.StartInterval),
            own is { Retries: > 0 } ? own.Retries : image.Retries);
    }

    private static TimeSpan Pick(TimeSpan? own, long imageNanoseconds) =>
        own is { Ticks: > 0 } set ? set : TimeSpan.FromTicks(imageNanoseconds / TimeSpan.NanosecondsPerTick);

    private static string FirstOf(string own, string? image, string otherwise) =>
        own.Length > 0 ? own : string.IsNullOrEmpty(image) ? otherwise : image;

    private static Dictionary<string, string> Merge(
        Dictionary<string, string>? image, IReadOnlyDictionary<string, string> own)
    {
        var all = image is null ? [] : new Dictionary<string, string>(image);
        foreach (var (key, value) in own)
            all[key] = value;
        return all;
    }

    private static string WithProtocol(string port) => port.Contains('/') ? port : port + "/tcp";
}
