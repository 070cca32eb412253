using Orchestrator.Model;
using Dto = Orchestrator.Api.Swarm;

namespace Orchestrator.EngineApi.Swarm;

/// <summary>A service's spec as docker's clients read it: what <see cref="ServiceSpecReader"/> undoes. Pure.</summary>
internal static class ServiceSpecViews
{
    public static Dto.ServiceSpec Of(ServiceSpec spec) => new()
    {
        Name = spec.Name,
        Labels = SpecFields.Map(spec.Annotations.Labels),
        TaskTemplate = Of(spec.Task),
        Mode = spec.Mode is ServiceMode.Replicated replicated
            ? new Dto.ServiceMode { Replicated = new Dto.ReplicatedMode { Replicas = replicated.Replicas } }
            : new Dto.ServiceMode { Global = new Api.EmptyObject() },
        UpdateConfig = Of(spec.Update),
        RollbackConfig = Of(spec.Rollback),
        EndpointSpec = Of(spec.Endpoint),
    };

    public static Dto.TaskSpec Of(TaskSpec task) => new()
    {
        ContainerSpec = task.Attached is null ? ContainerSpecViews.Of(task.Container) : null,
        NetworkAttachmentSpec = task.Attached is { } attached ? new Dto.NetworkAttachmentSpec { ContainerID = attached.Id } : null,
        Resources = new Dto.TaskResources
        {
            Limits = new Dto.ResourceLimit
            {
                NanoCPUs = SpecFields.OrNull(task.Resources.Limits.NanoCpus),
                MemoryBytes = SpecFields.OrNull(task.Resources.Limits.MemoryBytes),
                Pids = SpecFields.OrNull(task.Resources.PidsLimit),
            },
            Reservations = new Dto.ResourceAmounts
            {
                NanoCPUs = SpecFields.OrNull(task.Resources.Reservations.NanoCpus),
                MemoryBytes = SpecFields.OrNull(task.Resources.Reservations.MemoryBytes),
            },
        },
        RestartPolicy = new Dto.TaskRestartPolicy
        {
            Condition = task.Restart.Condition switch
            {
                RestartCondition.OnFailure => "on-failure",
                RestartCondition.None => "none",
                _ => "any",
            },
            Delay = SpecFields.Nanoseconds(task.Restart.Delay),
            MaxAttempts = task.Restart.MaxAttempts,
            Window = task.Restart.Window > TimeSpan.Zero ? SpecFields.Nanoseconds(task.Restart.Window) : null,
        },
        Placement = new Dto.Placement
        {
            Constraints = SpecFields.OrNull(task.Placement.Constraints),
            Preferences = task.Placement.SpreadOver.IsEmpty ? null : [.. task.Placement.SpreadOver.Select(static over =>
                new Dto.PlacementPreference { Spread = new Dto.SpreadOver { SpreadDescriptor = over } })],
            MaxReplicas = task.Placement.MaxReplicasPerNode is > 0 and var max ? max : null,
            Platforms = task.Placement.Platforms.IsEmpty ? null : [.. task.Placement.Platforms.Select(static p =>
                new Dto.Platform { Architecture = p.Architecture, OS = p.Os })],
        },
        Networks = task.HostNetwork ? [new Dto.NetworkAttachmentConfig { Target = ClusterNetworks.Host }]
            : task.Networks.IsEmpty ? null : [.. task.Networks.Select(static n =>
            new Dto.NetworkAttachmentConfig
            {
                Target = n.Target,
                Aliases = SpecFields.OrNull(n.Aliases),
                DriverOpts = SpecFields.MapOrNull(n.Options),
                Addresses = n.Addresses.Length > 0 ? n.Addresses : null,
                VirtualIP = n.VirtualIp.Length > 0 ? n.VirtualIp : null,
            })],
        Pipes = task.Pipes.IsEmpty ? null : [.. task.Pipes.Select(PipeSpecReader.Write)],
        LogDriver = task.LogDriver is { } log
            ? new Api.NamedDriver { Name = log.Name, Options = SpecFields.MapOrNull(log.Options) } : null,
        ForceUpdate = task.ForceUpdate,
        Runtime = task.Attached is null ? "container" : "attachment",
    };

    public static Dto.EndpointSpec Of(EndpointSpec endpoint) => new()
    {
        Mode = endpoint.Mode == EndpointMode.DnsRoundRobin ? "dnsrr" : "vip",
        Affinity = endpoint.Affinity == Affinity.Client ? "client" : null,
        Routes = endpoint.Routes.IsEmpty ? null : [.. endpoint.Routes.Select(Of)],
        Ports = endpoint.Ports.IsEmpty ? null : [.. endpoint.Ports.Select(Of)],
    };

    public static Dto.PortConfig Of(PortConfig port) => new()
    {
        Name = SpecFields.OrNull(port.Name),
        Protocol = port.Protocol switch { PortProtocol.Udp => "udp", PortProtocol.Sctp => "sctp", _ => "tcp" },
        TargetPort = (uint)port.TargetPort,
        PublishedPort = port.PublishedPort == 0 ? null : (uint)port.PublishedPort,
        PublishMode = port.Mode == PublishMode.Host ? "host" : "ingress",
        HostIP = SpecFields.OrNull(port.HostIp),
        Source = port.Source == SourceAddress.Masquerade ? "masquerade" : null,
        Prefer = port.Prefer == TaskPreference.Local ? "local" : null,
        ProxyProtocol = port.HasProxyHeader ? "v2" : null,
    };

    public static Dto.HttpRoute Of(HttpRoute route) => new()
    {
        Host = SpecFields.OrNull(route.Host),
        Path = route.Path,
        Port = (uint)route.TargetPort,
        SecretID = SpecFields.OrNull(route.SecretId.Value),
        SecretName = SpecFields.OrNull(route.SecretName),
        Prefer = route.Prefer == TaskPreference.Local ? "local" : null,
        Protocol = route.IsHttp2 ? "h2c" : null,
    };

    private static Dto.UpdateConfig? Of(UpdateConfig? update) => update is null ? null : new Dto.UpdateConfig
    {
        Parallelism = update.Parallelism,
        Delay = update.Delay > TimeSpan.Zero ? SpecFields.Nanoseconds(update.Delay) : null,
        FailureAction = update.FailureAction switch
        {
            UpdateFailureAction.Continue => "continue",
            UpdateFailureAction.Rollback => "rollback",
            _ => "pause",
        },
        Monitor = SpecFields.Nanoseconds(update.Monitor),
        MaxFailureRatio = update.MaxFailureRatio,
        Order = update.Order == UpdateOrder.StartFirst ? "start-first" : "stop-first",
    };
}
