using Google.Protobuf.WellKnownTypes;

namespace Orchestrator.Protocol.Mapping;

public static class Specs
{
    public static P.NodeSpec ToProto(this M.NodeSpec spec) => new()
    {
        Annotations = spec.Annotations.ToProto(),
        DesiredRole = (P.NodeRole)spec.DesiredRole,
        Availability = (P.NodeAvailability)spec.Availability,
    };

    public static M.NodeSpec ToModel(this P.NodeSpec? spec) => spec is null ? new() : new()
    {
        Annotations = spec.Annotations.ToModel(),
        DesiredRole = (M.NodeRole)spec.DesiredRole,
        Availability = (M.NodeAvailability)spec.Availability,
    };

    public static P.ServiceSpec ToProto(this M.ServiceSpec spec)
    {
        var proto = new P.ServiceSpec
        {
            Annotations = spec.Annotations.ToProto(),
            Task = spec.Task.ToProto(),
            Update = spec.Update?.ToProto(),
            Rollback = spec.Rollback?.ToProto(),
            Endpoint = spec.Endpoint.ToProto(),
        };
        if (spec.Mode is M.ServiceMode.Replicated replicated)
            proto.Replicated = new P.ReplicatedMode { Replicas = replicated.Replicas };
        else
            proto.Global = new P.GlobalMode();
        return proto;
    }

    public static M.ServiceSpec ToModel(this P.ServiceSpec spec) => new()
    {
        Annotations = spec.Annotations.ToModel(),
        Task = spec.Task.ToModel(),
        Mode = spec.ModeCase switch
        {
            P.ServiceSpec.ModeOneofCase.Global => new M.ServiceMode.Global(),
            P.ServiceSpec.ModeOneofCase.Replicated => new M.ServiceMode.Replicated(spec.Replicated.Replicas),
            _ => new M.ServiceMode.Replicated(1),
        },
        Update = spec.Update?.ToModel(),
        Rollback = spec.Rollback?.ToModel(),
        Endpoint = spec.Endpoint.ToModel(),
    };

    public static P.EndpointSpec ToProto(this M.EndpointSpec spec) =>
        new()
        {
            Mode = (P.EndpointMode)spec.Mode, Affinity = (P.Affinity)spec.Affinity,
            Ports = { spec.Ports.Select(Values.ToProto) },
            Routes = { spec.Routes.Select(Values.ToProto) },
        };

    public static M.EndpointSpec ToModel(this P.EndpointSpec? spec) => spec is null
        ? new()
        : new()
        {
            Mode = (M.EndpointMode)spec.Mode, Affinity = (M.Affinity)spec.Affinity,
            Ports = spec.Ports.Array(Values.ToModel),
            Routes = spec.Routes.Array(Values.ToModel),
        };

    public static P.TaskSpec ToProto(this M.TaskSpec spec) => new()
    {
        Container = spec.Container.ToProto(),
        Resources = new P.ResourceRequirements
        {
            Limits = spec.Resources.Limits.ToProto(),
            PidsLimit = spec.Resources.PidsLimit,
            Reservations = spec.Resources.Reservations.ToProto(),
        },
        Restart = new P.RestartPolicy
        {
            Condition = (P.RestartCondition)spec.Restart.Condition,
            Delay = Duration.FromTimeSpan(spec.Restart.Delay),
            MaxAttempts = spec.Restart.MaxAttempts,
            Window = Duration.FromTimeSpan(spec.Restart.Window),
        },
        Placement = new P.Placement
        {
            Constraints = { spec.Placement.Constraints },
            SpreadOver = { spec.Placement.SpreadOver },
            MaxReplicasPerNode = spec.Placement.MaxReplicasPerNode,
            Platforms = { spec.Placement.Platforms.Select(Values.ToProto) },
        },
        Networks = { spec.Networks.Select(ToProto) },
        LogDriver = spec.LogDriver is { } log ? new P.LogDriver { Name = log.Name, Options = { log.Options } } : null,
        ForceUpdate = spec.ForceUpdate,
        Pipes = { spec.Pipes.Select(ToProto) },
        HostNetwork = spec.HostNetwork,
        Attached = spec.Attached is { } attached
            ? new P.AttachedContainer { Id = attached.Id, Name = attached.Name, FormerAddress = attached.FormerAddress } : null,
    };

    public static M.TaskSpec ToModel(this P.TaskSpec? spec) => spec is null
        ? new() { Container = new() { Image = "" } }
        : new()
        {
            Container = (spec.Container ?? new()).ToModel(),
            Resources = spec.Resources.ToModel(),
            Restart = spec.Restart.ToModel(),
            Placement = spec.Placement.ToModel(),
            Networks = spec.Networks.Array(ToModel),
            LogDriver = spec.LogDriver is { } log ? new(log.Name, log.Options.Sorted()) : null,
            ForceUpdate = spec.ForceUpdate,
            Pipes = spec.Pipes.Array(ToModel),
            HostNetwork = spec.HostNetwork,
            Attached = spec.Attached is { } attached ? new(attached.Id, attached.Name, attached.FormerAddress) : null,
        };

    private static P.NetworkAttachment ToProto(M.NetworkAttachment network) => new()
    {
        Target = network.Target,
        Aliases = { network.Aliases },
        Addresses = network.Addresses,
        VirtualIp = network.VirtualIp,
        Options = { network.Options },
    };

    private static M.NetworkAttachment ToModel(P.NetworkAttachment network) =>
        new(network.Target, network.Aliases.Strings())
        {
            Addresses = network.Addresses, VirtualIp = network.VirtualIp, Options = network.Options.Sorted(),
        };

    private static P.PipeSpec ToProto(M.PipeSpec pipe) => new()
    {
        HostInterface = pipe.HostInterface,
        DirectPhys = pipe.DirectPhys,
        Interface = pipe.Interface,
        LocalInterface = pipe.LocalInterface,
        Address = pipe.Address,
        MacAndVlan = pipe.MacAndVlan,
        Family = pipe.Family,
    };

    private static M.PipeSpec ToModel(P.PipeSpec pipe) => new()
    {
        HostInterface = pipe.HostInterface,
        DirectPhys = pipe.DirectPhys,
        Interface = pipe.Interface,
        LocalInterface = pipe.LocalInterface,
        Address = pipe.Address,
        MacAndVlan = pipe.MacAndVlan,
        Family = pipe.Family,
    };

    public static P.NetworkSpec ToProto(this M.NetworkSpec spec) => new()
    {
        Annotations = spec.Annotations.ToProto(),
        Driver = spec.Driver,
        DriverOptions = { spec.DriverOptions },
        Internal = spec.Internal,
        Attachable = spec.Attachable,
        Ingress = spec.Ingress,
        EnableIpv6 = spec.EnableIPv6,
        ConfigFrom = spec.ConfigFrom,
        Pools = { spec.Pools.Select(Values.ToProto) },
    };

    public static M.NetworkSpec ToModel(this P.NetworkSpec spec) => new()
    {
        Annotations = spec.Annotations.ToModel(),
        Driver = spec.Driver,
        DriverOptions = spec.DriverOptions.Sorted(),
        Internal = spec.Internal,
        Attachable = spec.Attachable,
        Ingress = spec.Ingress,
        EnableIPv6 = spec.EnableIpv6,
        ConfigFrom = spec.ConfigFrom,
        Pools = spec.Pools.Array(Values.ToModel),
    };

    public static P.ClusterSpec ToProto(this M.ClusterSpec spec) => new()
    {
        Annotations = spec.Annotations.ToProto(),
        TaskHistoryLimit = spec.TaskHistoryLimit,
        DispatcherHeartbeat = Duration.FromTimeSpan(spec.DispatcherHeartbeat),
        SnapshotInterval = spec.SnapshotInterval,
        KeepOldSnapshots = spec.KeepOldSnapshots,
        HeartbeatTicks = spec.HeartbeatTicks,
        ElectionTicks = spec.ElectionTicks,
        NodeCertificateExpiry = Duration.FromTimeSpan(spec.NodeCertificateExpiry),
        AddressPools = { spec.AddressPools },
        SubnetLength = spec.SubnetLength,
        DataPathPort = spec.DataPathPort,
        NetworkKeyRotation = Duration.FromTimeSpan(spec.NetworkKeyRotation),
    };

    public static M.ClusterSpec ToModel(this P.ClusterSpec? spec) => spec is null ? new() : new()
    {
        Annotations = spec.Annotations.ToModel(),
        TaskHistoryLimit = spec.TaskHistoryLimit,
        DispatcherHeartbeat = spec.DispatcherHeartbeat.OrZero(),
        SnapshotInterval = spec.SnapshotInterval,
        KeepOldSnapshots = spec.KeepOldSnapshots,
        HeartbeatTicks = spec.HeartbeatTicks,
        ElectionTicks = spec.ElectionTicks,
        NodeCertificateExpiry = spec.NodeCertificateExpiry.OrZero(),
        AddressPools = spec.AddressPools.Strings(),
        SubnetLength = spec.SubnetLength,
        DataPathPort = spec.DataPathPort,
        NetworkKeyRotation = spec.NetworkKeyRotation?.ToTimeSpan() ?? M.ClusterSpec.DefaultKeyRotation,
    };

    private static P.UpdateConfig ToProto(this M.UpdateConfig update) => new()
    {
        Parallelism = update.Parallelism,
        Delay = Duration.FromTimeSpan(update.Delay),
        FailureAction = (P.UpdateFailureAction)update.FailureAction,
        Monitor = Duration.FromTimeSpan(update.Monitor),
        MaxFailureRatio = update.MaxFailureRatio,
        Order = (P.UpdateOrder)update.Order,
    };

    private static M.UpdateConfig ToModel(this P.UpdateConfig update) => new()
    {
        Parallelism = update.Parallelism,
        Delay = update.Delay.OrZero(),
        FailureAction = (M.UpdateFailureAction)update.FailureAction,
        Monitor = update.Monitor.OrZero(),
        MaxFailureRatio = update.MaxFailureRatio,
        Order = (M.UpdateOrder)update.Order,
    };

    private static M.ResourceRequirements ToModel(this P.ResourceRequirements? resources) => resources is null
        ? new()
        : new()
        {
            Limits = resources.Limits.ToModel(),
            PidsLimit = resources.PidsLimit,
            Reservations = resources.Reservations.ToModel(),
        };

    private static M.RestartPolicy ToModel(this P.RestartPolicy? restart) => restart is null ? new() : new()
    {
        Condition = (M.RestartCondition)restart.Condition,
        Delay = restart.Delay.OrZero(),
        MaxAttempts = restart.MaxAttempts,
        Window = restart.Window.OrZero(),
    };

    private static M.Placement ToModel(this P.Placement? placement) => placement is null ? new() : new()
    {
        Constraints = placement.Constraints.Strings(),
        SpreadOver = placement.SpreadOver.Strings(),
        MaxReplicasPerNode = placement.MaxReplicasPerNode,
        Platforms = placement.Platforms.Array(Values.ToModel),
    };
}
