using System.Collections.Immutable;
using Google.Protobuf;
using Orchestrator.Model;
using Orchestrator.Protocol.Mapping;

namespace Orchestrator.Store.Tables;

/// <summary>One schema a kind of object: to add a kind, add it here and to <see cref="StoreRoot"/>.</summary>
internal static class Schemas
{
    public static TableSchema<Cluster> Cluster { get; } = new(ObjectKind.Cluster, "cluster")
    {
        Id = c => c.Id.Value,
        Meta = c => c.Meta,
        WithMeta = (c, meta) => c with { Meta = meta },
        ToMessage = c => c.ToProto(),
        FromBytes = bytes => Protocol.V1.Cluster.Parser.ParseFrom(bytes).ToModel(),
        Indexes = [],
    };

    public static TableSchema<Node> Node { get; } = new(ObjectKind.Node, "node")
    {
        Id = n => n.Id.Value,
        Meta = n => n.Meta,
        WithMeta = (n, meta) => n with { Meta = meta },
        ToMessage = n => n.ToProto(),
        FromBytes = bytes => Protocol.V1.Node.Parser.ParseFrom(bytes).ToModel(),
        Indexes = [Tables.Indexes.NodeHostname],
    };

    public static TableSchema<Network> Network { get; } = new(ObjectKind.Network, "network")
    {
        Id = n => n.Id.Value,
        Meta = n => n.Meta,
        WithMeta = (n, meta) => n with { Meta = meta },
        ToMessage = n => n.ToProto(),
        FromBytes = bytes => Protocol.V1.Network.Parser.ParseFrom(bytes).ToModel(),
        Indexes = [Tables.Indexes.NetworkName],
    };

    public static TableSchema<Service> Service { get; } = new(ObjectKind.Service, "service")
    {
        Id = s => s.Id.Value,
        Meta = s => s.Meta,
        WithMeta = (s, meta) => s with { Meta = meta },
        ToMessage = s => s.ToProto(),
        FromBytes = bytes => Protocol.V1.Service.Parser.ParseFrom(bytes).ToModel(),
        Indexes = [Tables.Indexes.ServiceName, Tables.Indexes.ServiceNetwork],
    };

    public static TableSchema<OrchTask> Task { get; } = new(ObjectKind.Task, "task")
    {
        Id = t => t.Id.Value,
        Meta = t => t.Meta,
        WithMeta = (t, meta) => t with { Meta = meta },
        ToMessage = t => t.ToProto(),
        FromBytes = bytes => Protocol.V1.Task.Parser.ParseFrom(bytes).ToModel(),
        Indexes =
        [
            Tables.Indexes.TaskService, Tables.Indexes.TaskNode, Tables.Indexes.TaskSlot,
            Tables.Indexes.TaskDesiredState, Tables.Indexes.TaskNetwork,
        ],
    };

    public static TableSchema<Payload> Secret { get; } = PayloadSchema(ObjectKind.Secret, "secret");

    public static TableSchema<Payload> Config { get; } = PayloadSchema(ObjectKind.Config, "config");

    public static TableSchema<RepositoryManifest> RepositoryManifest { get; } =
        new(ObjectKind.RepositoryManifest, "manifest")
        {
            Id = m => m.Id,
            Meta = m => m.Meta,
            WithMeta = (m, meta) => m with { Meta = meta },
            ToMessage = m => m.ToProto(),
            FromBytes = bytes => Protocol.V1.RepositoryManifest.Parser.ParseFrom(bytes).ToModel(),
            Indexes = [Tables.Indexes.ManifestRepository, Tables.Indexes.ManifestSubject],
        };

    public static TableSchema<RepositoryTag> RepositoryTag { get; } = new(ObjectKind.RepositoryTag, "tag")
    {
        Id = t => t.Id,
        Meta = t => t.Meta,
        WithMeta = (t, meta) => t with { Meta = meta },
        ToMessage = t => t.ToProto(),
        FromBytes = bytes => Protocol.V1.RepositoryTag.Parser.ParseFrom(bytes).ToModel(),
        Indexes = [Tables.Indexes.TagRepository, Tables.Indexes.TagManifest],
    };

    public static TableSchema<RegistryLogin> RegistryLogin { get; } = new(ObjectKind.RegistryLogin, "registry user")
    {
        Id = l => l.Name,
        Meta = l => l.Meta,
        WithMeta = (l, meta) => l with { Meta = meta },
        ToMessage = l => l.ToProto(),
        FromBytes = bytes => Protocol.V1.RegistryLogin.Parser.ParseFrom(bytes).ToModel(),
        Indexes = [],
    };

    public static TableSchema<RegistryState> RegistryState { get; } = new(ObjectKind.RegistryState, "registry")
    {
        Id = _ => Model.RegistryState.OnlyId,
        Meta = r => r.Meta,
        WithMeta = (r, meta) => r with { Meta = meta },
        ToMessage = r => r.ToProto(),
        FromBytes = bytes => Protocol.V1.RegistryState.Parser.ParseFrom(bytes).ToModel(),
        Indexes = [],
    };

    /// <summary>In the order of their numbers, which is the order in raft snapshots.</summary>
    public static ImmutableArray<TableSchema> All { get; } =
    [
        Cluster, Node, Network, Service, Task, Secret, Config, RepositoryManifest, RepositoryTag, RegistryLogin,
        RegistryState,
    ];

    /// <summary>By number, the place among <see cref="All"/>; some numbers are not in use yet.</summary>
    private static readonly ImmutableArray<int> Ordinals =
    [
        .. Enumerable.Range(0, (int)All[^1].Kind + 1)
            .Select(number => All.ToList().FindIndex(schema => (int)schema.Kind == number)),
    ];

    public static bool IsKnown(ObjectKind kind) =>
        kind > 0 && (int)kind < Ordinals.Length && Ordinals[(int)kind] >= 0;

    public static int Ordinal(ObjectKind kind) => Ordinals[(int)kind];

    public static TableSchema Of(ObjectKind kind) => All[Ordinal(kind)];

    private static TableSchema<Payload> PayloadSchema(ObjectKind kind, string noun) => new(kind, noun)
    {
        Id = p => p.Id.Value,
        Meta = p => p.Meta,
        WithMeta = (p, meta) => p with { Meta = meta },
        ToMessage = p => p.ToProto(),
        FromBytes = bytes => Protocol.V1.Payload.Parser.ParseFrom(bytes).ToModel(),
        Indexes = [Tables.Indexes.PayloadName],
    };
}
