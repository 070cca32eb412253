using Orchestrator.Model;
using Dto = Orchestrator.Api.Swarm;

namespace Orchestrator.EngineApi.Swarm;

/// <summary>The store's objects as docker's clients read them. Pure.</summary>
internal static class ObjectViews
{
    public static Dto.ObjectVersion Version(Meta meta) => new() { Index = meta.Version };

    public static Dto.Node Of(Node node) => new()
    {
        ID = node.Id.Value,
        Version = Version(node.Meta),
        CreatedAt = node.Meta.CreatedAt,
        UpdatedAt = node.Meta.UpdatedAt,
        Spec = new Dto.NodeSpec
        {
            Name = SpecFields.OrNull(node.Spec.Annotations.Name),
            Labels = SpecFields.Map(node.Spec.Annotations.Labels),
            Role = node.Spec.DesiredRole == NodeRole.Manager ? "manager" : "worker",
            Availability = Lower(node.Spec.Availability),
        },
        Description = Of(node.Description),
        Status = new Dto.NodeStatus
        {
            State = Lower(node.Status.State),
            Message = SpecFields.OrNull(node.Status.Message),
            Addr = SpecFields.OrNull(node.Status.Address),
        },
        ManagerStatus = node.Manager is { } manager
            ? new Dto.ManagerStatus
            {
                Leader = manager.Leader ? true : null,
                Reachability = Lower(manager.Reachability),
                Addr = manager.Address,
            }
            : null,
    };

    public static Dto.Service Of(Service service, Dto.ServiceStatus? status = null) => new()
    {
        ID = service.Id.Value,
        Version = Version(service.Meta),
        CreatedAt = service.Meta.CreatedAt,
        UpdatedAt = service.Meta.UpdatedAt,
        Spec = ServiceSpecViews.Of(service.Spec),
        PreviousSpec = service.PreviousSpec is { } previous ? ServiceSpecViews.Of(previous) : null,
        Endpoint = Of(service.Endpoint),
        UpdateStatus = service.UpdateStatus is { } update && update.State != UpdateState.Unknown ? Of(update) : null,
        ServiceStatus = status,
    };

    /// <param name="networks">By ID, to name what the task is attached to.</param>
    public static Dto.SwarmTask Of(OrchTask task, IReadOnlyDictionary<string, Model.Network> networks) => new()
    {
        ID = task.Id.Value,
        Version = Version(task.Meta),
        CreatedAt = task.Meta.CreatedAt,
        UpdatedAt = task.Meta.UpdatedAt,
        Spec = ServiceSpecViews.Of(task.Spec),
        ServiceID = task.ServiceId.Value,
        Slot = task.Slot == 0 ? null : (int)task.Slot,
        NodeID = SpecFields.OrNull(task.NodeId.Value),
        Status = Of(task.Status),
        DesiredState = Lower(task.DesiredState),
        NetworksAttachments = task.Networks.IsEmpty ? null
            : [.. task.Networks.Select(network => new Dto.NetworkAttachment
        {
            Network = networks.TryGetValue(network.NetworkId.Value, out var known)
                ? Of(known)
                : new Dto.ClusterNetwork { ID = network.NetworkId.Value },
            Addresses = [.. network.Addresses],
        })],
    };

    private static Dto.NodeDescription Of(NodeDescription? description) => description is null ? new() : new()
    {
        Hostname = description.Hostname,
        Platform = new Dto.Platform
        {
            Architecture = GoArchitecture(description.Platform.Architecture),
            OS = description.Platform.Os,
        },
        Resources = new Dto.ResourceAmounts
        {
            NanoCPUs = description.Resources.NanoCpus,
            MemoryBytes = description.Resources.MemoryBytes,
        },
        Engine = new Dto.EngineDescription
        {
            EngineVersion = description.EngineVersion,
            Labels = SpecFields.MapOrNull(description.EngineLabels),
        },
        NetworkFeatures = SpecFields.MapOrNull(description.NetworkFeatures),
    };

    /// <summary>docker shows a node's architecture in the kernel's word.</summary>
    private static string GoArchitecture(string architecture) => architecture switch
    {
        "amd64" => "x86_64",
        "arm64" => "aarch64",
        _ => architecture,
    };

    private static Dto.ServiceEndpoint Of(ServiceEndpoint? endpoint) =>
        endpoint is null ? new() { Spec = new() } : new()
    {
        Spec = ServiceSpecViews.Of(endpoint.Spec),
        Ports = endpoint.Ports.IsEmpty ? null : [.. endpoint.Ports.Select(ServiceSpecViews.Of)],
        VirtualIPs = endpoint.VirtualIps.IsEmpty ? null : [.. endpoint.VirtualIps.Select(static v =>
            new Dto.EndpointVirtualIp { NetworkID = v.NetworkId.Value, Addr = v.Address })],
    };

    private static Dto.UpdateStatus Of(UpdateStatus update) => new()
    {
        State = update.State switch
        {
            UpdateState.Updating => "updating",
            UpdateState.Paused => "paused",
            UpdateState.Completed => "completed",
            UpdateState.RollbackStarted => "rollback_started",
            UpdateState.RollbackPaused => "rollback_paused",
            _ => "rollback_completed",
        },
        StartedAt = update.StartedAt,
        CompletedAt = update.CompletedAt,
        Message = update.Message,
    };

    private static Dto.TaskStatus Of(Model.TaskStatus status) => new()
    {
        Timestamp = status.Timestamp,
        State = Lower(status.State),
        Message = SpecFields.OrNull(status.Message),
        Err = SpecFields.OrNull(status.Error),
        ContainerStatus = status.Container is { } container
            ? new Dto.TaskContainerStatus
            {
                ContainerID = container.ContainerId,
                PID = container.Pid,
                ExitCode = container.ExitCode,
            }
            : null,
        PortStatus = new Dto.TaskPortStatus
        {
            Ports = status.HostPorts.IsEmpty ? null : [.. status.HostPorts.Select(ServiceSpecViews.Of)],
        },
    };

    private static Dto.ClusterNetwork Of(Model.Network network) => new()
    {
        ID = network.Id.Value,
        Version = Version(network.Meta),
        CreatedAt = network.Meta.CreatedAt,
        UpdatedAt = network.Meta.UpdatedAt,
        Spec = new Dto.ClusterNetworkSpec
        {
            Name = network.Spec.Name,
            Labels = SpecFields.MapOrNull(network.Spec.Annotations.Labels),
            DriverConfiguration = new Api.NamedDriver { Name = network.Spec.Driver },
            Internal = network.Spec.Internal ? true : null,
            Attachable = network.Spec.Attachable ? true : null,
            Ingress = network.Spec.Ingress ? true : null,
            Scope = "swarm",
        },
        DriverState = new Api.NamedDriver { Name = network.Spec.Driver },
    };

    /// <summary>The model's names are docker's words, but for their capital.</summary>
    private static string Lower<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();
}
