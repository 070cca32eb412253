using System.Globalization;
using Orchestrator.Api.Swarm;
using Orchestrator.Cli.Output;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Services;

/// <summary>A service for people. What was left at its default is not shown.</summary>
internal static class ServicePretty
{
    public static void Write(TextWriter o, Service service, IReadOnlyDictionary<string, string> networkNames)
    {
        var spec = service.Spec;
        o.WriteLine($"\nID:\t\t{service.ID}\nName:\t\t{spec.Name}");
        WriteLabels(o, "", "Labels", spec.Labels);
        o.WriteLine($"Service Mode:\t{Text.Capitalize(ServiceText.Mode(spec.Mode))}");
        if (spec.Mode.Replicated?.Replicas is { } replicas) o.WriteLine($" Replicas:\t{replicas}");
        WriteStatus(o, service.UpdateStatus);
        WritePlacement(o, spec.TaskTemplate.Placement);
        WriteRollout(o, "UpdateConfig", "update", spec.UpdateConfig);
        WriteRollout(o, "RollbackConfig", "rollback", spec.RollbackConfig);
        WriteContainer(o, spec.TaskTemplate.ContainerSpec);
        WriteResources(o, spec.TaskTemplate.Resources);
        if (spec.TaskTemplate.Networks is { Length: > 0 } networks)
            o.WriteLine($"Networks: {string.Join(' ', networks.Select(n => networkNames.GetValueOrDefault(n.Target ?? "", n.Target ?? "")))} ");
        foreach (var pipe in spec.TaskTemplate.Pipes ?? [])
            o.WriteLine($"Pipe:\t\t{pipe.HostInterface} {pipe.Address} {pipe.MacAndVlan}".TrimEnd());
        o.WriteLine($"Endpoint Mode:\t{service.Endpoint.Spec?.Mode ?? spec.EndpointSpec?.Mode ?? "vip"}");
        WritePorts(o, service.Endpoint.Ports);
        WriteRoutes(o, service.Spec.EndpointSpec?.Routes);
    }

    private static void WriteStatus(TextWriter o, UpdateStatus? status)
    {
        if (string.IsNullOrEmpty(status?.State)) return;
        o.WriteLine($"UpdateStatus:\n State:\t\t{status.State}");
        if (status.StartedAt is { } started) o.WriteLine($" Started:\t{Time(started)}");
        if (status.CompletedAt is { } completed) o.WriteLine($" Completed:\t{Time(completed)}");
        o.WriteLine($" Message:\t{status.Message}");
    }

    private static void WritePlacement(TextWriter o, Placement? placement)
    {
        if (placement is null
            || (placement.Constraints is null && placement.Preferences is null
            && placement.MaxReplicas is null)) return;
        o.WriteLine("Placement:");
        if (placement.Constraints is { Length: > 0 } constraints)
            o.WriteLine($" Constraints:\t[{string.Join(' ', constraints)}]");
        foreach (var preference in placement.Preferences ?? [])
            o.WriteLine($" Preferences:\tspread={preference.Spread?.SpreadDescriptor}");
        if (placement.MaxReplicas is > 0 and var max) o.WriteLine($" Max Replicas Per Node:\t{max}");
    }

    private static void WriteRollout(TextWriter o, string title, string verb, UpdateConfig? config)
    {
        if (config is null) return;
        o.WriteLine($"{title}:\n Parallelism:\t{config.Parallelism}");
        if (config.Delay is > 0 and var delay) o.WriteLine($" Delay:\t\t{GoDuration.Format(delay)}");
        if (!string.IsNullOrEmpty(config.FailureAction)) o.WriteLine($" On failure:\t{config.FailureAction}");
        if (config.Monitor is > 0 and var monitor) o.WriteLine($" Monitoring Period: {GoDuration.Format(monitor)}");
        o.WriteLine($" Max failure ratio: {config.MaxFailureRatio.ToString(CultureInfo.InvariantCulture)}");
        if (config.Order.Length > 0) o.WriteLine($" {Text.Capitalize(verb)} order:      {config.Order}");
    }

    private static void WriteContainer(TextWriter o, ContainerSpec? container)
    {
        if (container is null) return;
        o.WriteLine($"ContainerSpec:\n Image:\t\t{container.Image}");
        WriteLine(o, "Command", container.Command);
        WriteLine(o, "Args", container.Args);
        WriteLine(o, "Env", container.Env);
        if (!string.IsNullOrEmpty(container.Dir)) o.WriteLine($" Dir:\t\t{container.Dir}");
        if (!string.IsNullOrEmpty(container.User)) o.WriteLine($" User:\t\t{container.User}");
        WriteLabels(o, " ", "Container Labels", container.Labels);
        if (container.Init is { } init) o.WriteLine($" Init:\t\t{(init ? "true" : "false")}");
        if (container.Mounts is not { Length: > 0 } mounts) return;
        o.WriteLine(" Mounts:");
        foreach (var mount in mounts)
            o.WriteLine(
                $"  Target:\t{mount.Target}\n   Source:\t{mount.Source}\n   "
                + $"ReadOnly:\t{(mount.ReadOnly == true ? "true" : "false")}\n   Type:\t{mount.Type}");
    }

    private static void WriteResources(TextWriter o, TaskResources? resources)
    {
        var reserved = resources?.Reservations is { } r && r != new ResourceAmounts() ? r : null;
        var limits = resources?.Limits is { } l && l != new ResourceLimit() ? l : null;
        if (reserved is null && limits is null) return;
        o.WriteLine("Resources:");
        if (reserved is not null) o.WriteLine(" Reservations:");
        if (reserved?.NanoCPUs is > 0 and var cpus) o.WriteLine($"  CPU:\t\t{NanoCpus.Format(cpus)}");
        if (reserved?.MemoryBytes is > 0 and var memory) o.WriteLine($"  Memory:\t{Units.BinarySize(memory)}");
        if (limits is not null) o.WriteLine(" Limits:");
        if (limits?.NanoCPUs is > 0 and var maxCpus) o.WriteLine($"  CPU:\t\t{NanoCpus.Format(maxCpus)}");
        if (limits?.MemoryBytes is > 0 and var maxMemory) o.WriteLine($"  Memory:\t{Units.BinarySize(maxMemory)}");
        if (limits?.Pids is > 0 and var pids) o.WriteLine($"  PIDs:\t\t{pids}");
    }

    private static void WritePorts(TextWriter o, PortConfig[]? ports)
    {
        if (ports is not { Length: > 0 }) return;
        o.WriteLine("Ports:");
        foreach (var port in ports)
            o.WriteLine(
                $" PublishedPort = {port.PublishedPort}\n  Protocol = {port.Protocol}\n  TargetPort = "
                + $"{port.TargetPort}\n  PublishMode = {port.PublishMode}"
                + Told("HostIP", port.HostIP) + Told("Source", port.Source) + Told("Prefer", port.Prefer)
                + Told("ProxyProtocol", port.ProxyProtocol));
    }

    private static void WriteRoutes(TextWriter o, HttpRoute[]? routes)
    {
        if (routes is not { Length: > 0 }) return;
        o.WriteLine("Routes:");
        foreach (var route in routes)
            o.WriteLine($" {route.Host ?? "*"}{route.Path} -> {route.Port}{(route.SecretName is null ? "" : $" with TLS of {route.SecretName}")}"
                + $"{(route.Protocol is null ? "" : $", {route.Protocol}")}{(route.Prefer is null ? "" : $", {route.Prefer} first")}");
    }

    /// <summary>What docker does not know is shown where it says something.</summary>
    private static string Told(string name, string? value) => value is { Length: > 0 } ? $"\n  {name} = {value}" : "";

    private static void WriteLabels(TextWriter o, string indent, string title, Dictionary<string, string>? labels)
    {
        if (labels is not { Count: > 0 }) return;
        o.WriteLine($"{indent}{title}:");
        foreach (var (key, value) in labels.OrderBy(static l => l.Key, StringComparer.Ordinal))
            o.WriteLine($"{indent} {key}={value}");
    }

    private static void WriteLine(TextWriter o, string name, string[]? words)
    {
        if (words is { Length: > 0 }) o.WriteLine($" {name}:\t\t{string.Join(' ', words)} ");
    }

    private static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
}
