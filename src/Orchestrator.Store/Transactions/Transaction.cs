using Orchestrator.Model;
using Orchestrator.Store.Tables;

namespace Orchestrator.Store.Transactions;

/// <summary>
/// One attempt to change the store: reads see its own writes on top of a fixed base, and are remembered. Used by one
/// thread,
/// inside the callback only. The callback may run several times, so it must do nothing but read and write here.
/// </summary>
public sealed class Transaction
{
    private readonly Dictionary<(ObjectKind Kind, string Id), PendingChange> changes = [];
    private readonly List<(ObjectKind Kind, string Id)> order = [];

    internal Transaction(StoreRoot @base, DateTimeOffset now)
    {
        Base = @base;
        Working = @base;
        Now = now;
    }

    /// <summary>The time of this attempt; what the objects written are stamped with.</summary>
    public DateTimeOffset Now { get; }

    /// <summary>
    /// The base as a whole. What is read here is not remembered: for what may be stale without harm, as a planner's
    /// view.
    /// </summary>
    public StoreRoot Base { get; }

    public TransactionTable<Cluster> Clusters => new(this, Schemas.Cluster);

    public TransactionTable<Node> Nodes => new(this, Schemas.Node);

    public TransactionTable<Network> Networks => new(this, Schemas.Network);

    public TransactionTable<Service> Services => new(this, Schemas.Service);

    public TransactionTable<OrchTask> Tasks => new(this, Schemas.Task);

    public TransactionTable<Payload> Secrets => new(this, Schemas.Secret);

    public TransactionTable<Payload> Configs => new(this, Schemas.Config);

    public TransactionTable<RepositoryManifest> Manifests => new(this, Schemas.RepositoryManifest);

    public TransactionTable<RepositoryTag> Tags => new(this, Schemas.RepositoryTag);

    public TransactionTable<RegistryLogin> Logins => new(this, Schemas.RegistryLogin);

    public TransactionTable<RegistryState> RegistryStates => new(this, Schemas.RegistryState);

    public TransactionTable<Payload> Payloads(PayloadKind kind) => kind == PayloadKind.Secret ? Secrets : Configs;

    internal StoreRoot Working { get; private set; }

    internal ReadSet Reads { get; } = new();

    /// <summary>What to write, in the order of first writing.</summary>
    internal IEnumerable<PendingChange> Changes =>
        order.Select(key => changes[key]).Where(change => change.PreviousVersion != 0 || change.Value is not null);

    internal bool IsWritten(ObjectKind kind, string id) => changes.ContainsKey((kind, id));

    internal void Write(ObjectKind kind, string id, object? value)
    {
        var key = (kind, id);
        if (!changes.TryGetValue(key, out var earlier))
            order.Add(key);
        // LastChange of the working root is never compared, so any index will do.
        Working = Working.With(kind, id, value, Base.Index);
        changes[key] = new(kind, id, earlier?.PreviousVersion ?? Base.Table(kind).VersionOf(id), value);
    }
}
