using System.Collections.Immutable;
using Orchestrator.Model;
using Dto = Orchestrator.Api.Swarm;

namespace Orchestrator.EngineApi.Swarm;

/// <summary>A service as docker's clients write it, into the model. Pure.</summary>
internal static class ServiceSpecReader
{
    /// <exception cref="UserException">
    /// A word that is none of docker's, or something that services do not have here.
    /// </exception>
    public static ServiceSpec Read(Dto.ServiceSpec spec)
    {
        var read = ReadFields(spec);
        PipeSpecReader.Check(read);
        return read;
    }

    private static ServiceSpec ReadFields(Dto.ServiceSpec spec) => new()
    {
        Annotations = new Annotations(spec.Name ?? "", SpecFields.Map(spec.Labels)),
        Task = ReadTask(spec.TaskTemplate, spec.Networks),
        Mode = ReadMode(spec.Mode),
        Update = ReadUpdate(spec.UpdateConfig),
        Rollback = ReadUpdate(spec.RollbackConfig),
        Endpoint = ReadEndpoint(spec.EndpointSpec),
    };

    public static PortConfig ReadPort(Dto.PortConfig port) => new(
        SpecFields.Word(port.Protocol, "protocol", PortProtocol.Tcp,
            ("tcp", PortProtocol.Tcp), ("udp", PortProtocol.Udp), ("sctp", PortProtocol.Sctp)),
        ReadPortNumber(port.TargetPort),
        ReadPortNumber(port.PublishedPort),
        SpecFields.Word(port.PublishMode, "publish mode", PublishMode.Ingress,
            ("ingress", PublishMode.Ingress), ("host", PublishMode.Host)),
        port.Name ?? "")
    {
        HostIp = port.HostIP ?? "",
        Source = SpecFields.Word(port.Source, "source", SourceAddress.Client,
            ("client", SourceAddress.Client), ("masquerade", SourceAddress.Masquerade)),
        Prefer = ReadPreference(port.Prefer),
        HasProxyHeader = SpecFields.Word(port.ProxyProtocol, "PROXY protocol", false, ("none", false), ("v2", true)),
    };

    private static HttpRoute ReadRoute(Dto.HttpRoute route) =>
        new((route.Host ?? "").ToLowerInvariant(), route.Path ?? "/", ReadPortNumber(route.Port))
        {
            SecretId = new(route.SecretID ?? ""), SecretName = route.SecretName ?? "",
            Prefer = ReadPreference(route.Prefer),
            IsHttp2 = SpecFields.Word(route.Protocol, "protocol of a route", false, ("http1", false), ("h2c", true)),
        };

    private static TaskPreference ReadPreference(string? word) => SpecFields.Word(
        word, "preference", TaskPreference.None, ("none", TaskPreference.None), ("local", TaskPreference.Local));

    private static int ReadPortNumber(uint? port) =>
        port is > ushort.MaxValue
            ? throw SpecFields.Invalid($"invalid port {port}: ports end at 65535.") : (int)(port ?? 0);

    private static TaskSpec ReadTask(Dto.TaskSpec task, Dto.NetworkAttachmentConfig[]? oldNetworks)
    {
        SpecFields.Refuse(task.Runtime is not (null or "" or "container"), $"runtime {task.Runtime}");
        SpecFields.Refuse(task.Resources?.Reservations?.GenericResources is { Length: > 0 }, "a generic resource");
        if (task.ContainerSpec is null)
            throw SpecFields.Invalid("ContainerSpec: the service has no container.", "Name an image.");
        var networks = task.Networks ?? oldNetworks ?? [];
        return new TaskSpec
        {
            Container = ContainerSpecReader.Read(task.ContainerSpec),
            Resources = ReadResources(task.Resources),
            Restart = ReadRestart(task.RestartPolicy),
            Placement = ReadPlacement(task.Placement),
            Networks = [.. networks.Where(static n => !IsHost(n)).Select(
                static n => new NetworkAttachment(n.Target ?? "", SpecFields.List(n.Aliases))
                {
                    Addresses = n.Addresses ?? "", VirtualIp = n.VirtualIP ?? "", Options = SpecFields.Map(n.DriverOpts),
                })],
            HostNetwork = networks.Any(IsHost),
            Pipes = [.. (task.Pipes ?? []).Select(PipeSpecReader.Read)],
            LogDriver = task.LogDriver is { Name.Length: > 0 } log
                ? new LogDriver(log.Name, SpecFields.Map(log.Options)) : null,
            ForceUpdate = task.ForceUpdate,
        };
    }

    private static bool IsHost(Dto.NetworkAttachmentConfig network)
    {
        if (network.Target != ClusterNetworks.Host)
            return false;
        if (network is { Aliases.Length: > 0 } or { DriverOpts.Count: > 0 } or { Addresses.Length: > 0 } or { VirtualIP.Length: > 0 })
            throw SpecFields.Invalid(
                "the host's network has no aliases, addresses or options of a service's.", "Give --network host alone.");
        return true;
    }

    private static ServiceMode ReadMode(Dto.ServiceMode mode)
    {
        SpecFields.Refuse(mode.ReplicatedJob is not null, "mode replicated-job");
        SpecFields.Refuse(mode.GlobalJob is not null, "mode global-job");
        return mode.Global is not null ? new ServiceMode.Global()
            : new ServiceMode.Replicated(mode.Replicated?.Replicas ?? 1);
    }

    private static UpdateConfig? ReadUpdate(Dto.UpdateConfig? update) => update is null ? null : new UpdateConfig
    {
        Parallelism = update.Parallelism,
        Delay = SpecFields.Time(update.Delay, TimeSpan.Zero),
        FailureAction = SpecFields.Word(update.FailureAction, "failure action", UpdateFailureAction.Pause,
            ("pause", UpdateFailureAction.Pause), ("continue", UpdateFailureAction.Continue),
            ("rollback", UpdateFailureAction.Rollback)),
        Monitor = update.Monitor is > 0 ? SpecFields.Time(update.Monitor.Value) : new UpdateConfig().Monitor,
        MaxFailureRatio = update.MaxFailureRatio,
        Order = SpecFields.Word(update.Order, "update order", UpdateOrder.StopFirst,
            ("stop-first", UpdateOrder.StopFirst), ("start-first", UpdateOrder.StartFirst)),
    };

    private static EndpointSpec ReadEndpoint(Dto.EndpointSpec? endpoint) => new()
    {
        Mode = SpecFields.Word(endpoint?.Mode, "endpoint mode", EndpointMode.Vip,
            ("vip", EndpointMode.Vip), ("dnsrr", EndpointMode.DnsRoundRobin)),
        Affinity = SpecFields.Word(endpoint?.Affinity, "affinity", Affinity.None,
            ("none", Affinity.None), ("client", Affinity.Client)),
        Routes = [.. (endpoint?.Routes ?? []).Select(ReadRoute)],
        Ports = [.. (endpoint?.Ports ?? []).Select(ReadPort)],
    };

    private static ResourceRequirements ReadResources(Dto.TaskResources? resources) => new()
    {
        Limits = new Resources(resources?.Limits?.NanoCPUs ?? 0, resources?.Limits?.MemoryBytes ?? 0),
        PidsLimit = resources?.Limits?.Pids ?? 0,
        Reservations = new Resources(resources?.Reservations?.NanoCPUs ?? 0, resources?.Reservations?.MemoryBytes ?? 0),
    };

    private static RestartPolicy ReadRestart(Dto.TaskRestartPolicy? restart) => new()
    {
        Condition = SpecFields.Word(restart?.Condition, "restart condition", RestartCondition.Any,
            ("any", RestartCondition.Any), ("on-failure", RestartCondition.OnFailure), ("none", RestartCondition.None)),
        Delay = SpecFields.Time(restart?.Delay, new RestartPolicy().Delay),
        MaxAttempts = restart?.MaxAttempts ?? 0,
        Window = SpecFields.Time(restart?.Window, TimeSpan.Zero),
    };

    private static Placement ReadPlacement(Dto.Placement? placement) => new()
    {
        Constraints = SpecFields.List(placement?.Constraints),
        SpreadOver = [.. (placement?.Preferences ?? []).Select(static p => p.Spread?.SpreadDescriptor ?? "")
            .Where(static d => d.Length > 0)],
        MaxReplicasPerNode = placement?.MaxReplicas ?? 0,
        Platforms =
            [.. (placement?.Platforms ?? []).Select(static p => new Platform(p.OS ?? "", p.Architecture ?? ""))],
    };
}
