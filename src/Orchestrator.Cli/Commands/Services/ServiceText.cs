using System.Globalization;
using Orchestrator.Api.Swarm;

namespace Orchestrator.Cli.Commands.Services;

/// <summary>The cells that describe a service.</summary>
internal static class ServiceText
{
    public static string Mode(ServiceMode mode) =>
        mode.Global is not null ? "global"
        : mode.ReplicatedJob is not null ? "replicated job"
        : mode.GlobalJob is not null ? "global job"
        : "replicated";

    public static string Replicas(Service service)
    {
        var status = service.ServiceStatus ?? new ServiceStatus();
        var text = string.Create(CultureInfo.InvariantCulture, $"{status.RunningTasks}/{status.DesiredTasks}");
        if (service.Spec.Mode.ReplicatedJob is { } job)
            return string.Create(
                CultureInfo.InvariantCulture, $"{text} ({status.CompletedTasks}/{job.TotalCompletions} completed)");
        if (service.Spec.Mode.GlobalJob is not null)
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{text} ({status.CompletedTasks}/{status.DesiredTasks + status.CompletedTasks} completed)");
        return service.Spec.TaskTemplate.Placement?.MaxReplicas is > 0 and var max
            ? $"{text} (max {max} per node)" : text;
    }

    /// <summary>Without the digest that a tag was pinned to.</summary>
    public static string Image(string? image)
    {
        if (image is null) return "";
        var at = image.IndexOf('@', StringComparison.Ordinal);
        return at > 0 && image.LastIndexOf(':', at) > image.LastIndexOf('/', at) ? image[..at] : image;
    }

    /// <summary>Those the routing mesh answers; host ports belong to tasks.</summary>
    public static string Ports(PortConfig[]? ports) => string.Join(", ", (ports ?? [])
        .Where(static p => p.PublishMode != "host")
        .OrderBy(static p => p.PublishedPort).ThenBy(static p => p.Protocol, StringComparer.Ordinal)
        .Select(
            static p => string.Create(
            CultureInfo.InvariantCulture, $"*:{p.PublishedPort ?? 0}->{p.TargetPort ?? 0}/{p.Protocol}")));
}
