using System.Collections.Immutable;
using Orchestrator.Model;

namespace Orchestrator.Store.Tables;

/// <summary>
/// Everything the store holds, as of one log entry. Immutable: take one, and look as long as you like.
/// </summary>
public sealed class StoreRoot
{
    private readonly ImmutableArray<Table> tables;

    private StoreRoot(ulong index, ImmutableArray<Table> tables)
    {
        Index = index;
        this.tables = tables;
    }

    public static StoreRoot Empty { get; } = new(0, [.. Schemas.All.Select(s => s.Empty)]);

    /// <summary>The last log entry that this state covers.</summary>
    public ulong Index { get; }

    public Table<Cluster> Clusters => Table(Schemas.Cluster);

    public Table<Node> Nodes => Table(Schemas.Node);

    public Table<Network> Networks => Table(Schemas.Network);

    public Table<Service> Services => Table(Schemas.Service);

    public Table<OrchTask> Tasks => Table(Schemas.Task);

    public Table<Payload> Secrets => Table(Schemas.Secret);

    public Table<Payload> Configs => Table(Schemas.Config);

    public Table<RepositoryManifest> Manifests => Table(Schemas.RepositoryManifest);

    public Table<RepositoryTag> Tags => Table(Schemas.RepositoryTag);

    public Table<RegistryLogin> Logins => Table(Schemas.RegistryLogin);

    public Table<RegistryState> RegistryStates => Table(Schemas.RegistryState);

    public Table<Payload> Payloads(PayloadKind kind) => kind == PayloadKind.Secret ? Secrets : Configs;

    internal IEnumerable<Table> Tables => tables;

    internal Table<T> Table<T>(TableSchema<T> schema)
        where T : class => (Table<T>)Table(schema.Kind);

    internal Table Table(ObjectKind kind) => tables[Schemas.Ordinal(kind)];

    /// <summary>The state with one object replaced (null deletes).</summary>
    internal StoreRoot With(ObjectKind kind, string id, object? item, ulong index)
    {
        var at = Schemas.Ordinal(kind);
        return new StoreRoot(Math.Max(Index, index), tables.SetItem(at, tables[at].With(id, item, index)));
    }

    /// <summary>The same objects, said to cover all entries up to <paramref name="index"/>.</summary>
    internal StoreRoot At(ulong index) => new(index, tables);
}
