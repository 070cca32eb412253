using Google.Protobuf.WellKnownTypes;

namespace Orchestrator.Protocol.Mapping;

/// <summary>
/// Between the store's objects and the wire. Total in both directions: what one side can hold survives the round trip,
/// which the property tests check.
/// </summary>
public static class Objects
{
    public static P.Node ToProto(this M.Node node) => new()
    {
        Id = node.Id.Value,
        Meta = node.Meta.ToProto(),
        Spec = node.Spec.ToProto(),
        Description = node.Description?.ToProto(),
        Status = new P.NodeStatus
        {
            State = (P.NodeState)node.Status.State,
            Message = node.Status.Message,
            Address = node.Status.Address,
        },
        Manager = node.Manager is { } manager
            ? new P.ManagerStatus
            {
                RaftId = manager.RaftId,
                Address = manager.Address,
                Reachability = (P.Reachability)manager.Reachability,
                Leader = manager.Leader,
            }
            : null,
        Role = (P.NodeRole)node.Role,
        Certificate = node.Certificate.ToProto(),
        IngressAddress = node.IngressAddress,
        SpecVersion = node.SpecVersion,
    };

    public static M.Node ToModel(this P.Node node) => new()
    {
        Id = new(node.Id),
        Meta = node.Meta.ToModel(),
        Spec = node.Spec.ToModel(),
        Description = node.Description?.ToModel(),
        Status = node.Status is { } status
            ? new() { State = (M.NodeState)status.State, Message = status.Message, Address = status.Address }
            : new(),
        Manager = node.Manager is { } manager
            ? new(manager.RaftId, manager.Address, (M.Reachability)manager.Reachability, manager.Leader)
            : null,
        Role = (M.NodeRole)node.Role,
        Certificate = node.Certificate.ToModel(),
        IngressAddress = node.IngressAddress,
        SpecVersion = node.SpecVersion,
    };

    public static P.NodeCertificate ToProto(this M.NodeCertificate certificate) => new()
    {
        Csr = certificate.Csr,
        State = (P.CertificateState)certificate.State,
        Chain = certificate.Chain,
        Error = certificate.Error,
    };

    public static M.NodeCertificate ToModel(this P.NodeCertificate? certificate) => certificate is null ? new() : new()
    {
        Csr = certificate.Csr,
        State = (M.CertificateState)certificate.State,
        Chain = certificate.Chain,
        Error = certificate.Error,
    };

    public static P.Service ToProto(this M.Service service) => new()
    {
        Id = service.Id.Value,
        Meta = service.Meta.ToProto(),
        Spec = service.Spec.ToProto(),
        SpecVersion = service.SpecVersion,
        PreviousSpec = service.PreviousSpec?.ToProto(),
        Endpoint = service.Endpoint?.ToProto(),
        UpdateStatus = service.UpdateStatus is { } update
            ? new P.UpdateStatus
            {
                State = (P.UpdateState)update.State,
                StartedAt = update.StartedAt?.ToProto(),
                CompletedAt = update.CompletedAt?.ToProto(),
                Message = update.Message,
            }
            : null,
        PendingDelete = service.PendingDelete,
    };

    public static M.Service ToModel(this P.Service service) => new()
    {
        Id = new(service.Id),
        Meta = service.Meta.ToModel(),
        Spec = service.Spec.ToModel(),
        SpecVersion = service.SpecVersion,
        PreviousSpec = service.PreviousSpec?.ToModel(),
        Endpoint = service.Endpoint?.ToModel(),
        UpdateStatus = service.UpdateStatus is { } update
            ? new((M.UpdateState)update.State, update.StartedAt.OrNull(), update.CompletedAt.OrNull(), update.Message)
            : null,
        PendingDelete = service.PendingDelete,
    };

    public static P.ServiceEndpoint ToProto(this M.ServiceEndpoint endpoint) => new()
    {
        Spec = endpoint.Spec.ToProto(),
        Ports = { endpoint.Ports.Select(Values.ToProto) },
        VirtualIps =
        {
            endpoint.VirtualIps.Select(v => new P.VirtualIp { NetworkId = v.NetworkId.Value, Address = v.Address }),
        },
    };

    public static M.ServiceEndpoint ToModel(this P.ServiceEndpoint endpoint) => new()
    {
        Spec = endpoint.Spec.ToModel(),
        Ports = endpoint.Ports.Array(Values.ToModel),
        VirtualIps = endpoint.VirtualIps.Array(v => new M.VirtualIp(new(v.NetworkId), v.Address)),
    };

    public static P.Task ToProto(this M.OrchTask task) => new()
    {
        Id = task.Id.Value,
        Meta = task.Meta.ToProto(),
        Spec = task.Spec.ToProto(),
        SpecVersion = task.SpecVersion,
        ServiceId = task.ServiceId.Value,
        ServiceAnnotations = task.ServiceAnnotations.ToProto(),
        Slot = task.Slot,
        NodeId = task.NodeId.Value,
        Status = task.Status.ToProto(),
        DesiredState = (P.TaskState)task.DesiredState,
        Networks =
        {
            task.Networks.Select(n => new P.TaskNetwork
            {
                NetworkId = n.NetworkId.Value,
                Addresses = { n.Addresses },
                Aliases = { n.Aliases },
                Options = { n.Options },
            }),
        },
        Endpoint = task.Endpoint?.ToProto(),
    };

    public static M.OrchTask ToModel(this P.Task task) => new()
    {
        Id = new(task.Id),
        Meta = task.Meta.ToModel(),
        Spec = task.Spec.ToModel(),
        SpecVersion = task.SpecVersion,
        ServiceId = new(task.ServiceId),
        ServiceAnnotations = task.ServiceAnnotations.ToModel(),
        Slot = task.Slot,
        NodeId = new(task.NodeId),
        Status = task.Status.ToModel(),
        DesiredState = (M.TaskState)task.DesiredState,
        Networks = task.Networks.Array(
            n => new M.TaskNetwork(new(n.NetworkId), n.Addresses.Strings(), n.Aliases.Strings())
            {
                Options = n.Options.Sorted(),
            }),
        Endpoint = task.Endpoint?.ToModel(),
    };

    public static P.Network ToProto(this M.Network network) => new()
    {
        Id = network.Id.Value,
        Meta = network.Meta.ToProto(),
        Spec = network.Spec.ToProto(),
        Allocation = network.Allocation is { } allocation
            ? new P.NetworkAllocation
            {
                Vni = allocation.Vni, Pools = { allocation.Pools.Select(Values.ToProto) },
                Encryption = allocation.Encryption,
            }
            : null,
        PendingDelete = network.PendingDelete,
    };

    public static M.Network ToModel(this P.Network network) => new()
    {
        Id = new(network.Id),
        Meta = network.Meta.ToModel(),
        Spec = network.Spec.ToModel(),
        Allocation = network.Allocation is { } allocation
            ? new(allocation.Vni, allocation.Pools.Array(Values.ToModel), allocation.Encryption)
            : null,
        PendingDelete = network.PendingDelete,
    };

    public static P.Cluster ToProto(this M.Cluster cluster)
    {
        var proto = new P.Cluster
        {
            Id = cluster.Id.Value,
            Meta = cluster.Meta.ToProto(),
            Spec = cluster.Spec.ToProto(),
            RootCa = new P.RootCa
            {
                Certificate = cluster.RootCa.Certificate,
                Key = cluster.RootCa.Key,
                WorkerToken = cluster.RootCa.WorkerToken,
                ManagerToken = cluster.RootCa.ManagerToken,
            },
        };
        foreach (var (node, expiry) in cluster.BlacklistedCertificates)
            proto.BlacklistedCertificates.Add(node, expiry.ToProto());
        proto.NetworkKeys.Add(cluster.NetworkKeys.Select(ToProto));
        return proto;
    }

    public static P.NetworkKey ToProto(this M.NetworkKey key) => new()
    {
        Number = key.Number, Secret = key.Secret, CreatedAt = key.CreatedAt.ToProto(), Primary = key.IsPrimary,
    };

    private static M.NetworkKey ToModel(P.NetworkKey key) =>
        new(key.Number, key.Secret, key.CreatedAt.ToModel(), key.Primary);

    public static M.Cluster ToModel(this P.Cluster cluster) => new()
    {
        Id = new(cluster.Id),
        Meta = cluster.Meta.ToModel(),
        Spec = cluster.Spec.ToModel(),
        RootCa = cluster.RootCa is { } ca
            ? new()
            {
                Certificate = ca.Certificate,
                Key = ca.Key,
                WorkerToken = ca.WorkerToken,
                ManagerToken = ca.ManagerToken,
            }
            : new(),
        BlacklistedCertificates = cluster.BlacklistedCertificates.ToImmutableSortedDictionary(
            pair => pair.Key, pair => pair.Value.ToModel(), StringComparer.Ordinal),
        NetworkKeys = cluster.NetworkKeys.Array(ToModel),
    };

    private static DateTimeOffset? OrNull(this Timestamp? time) => time?.ToDateTimeOffset();
}
