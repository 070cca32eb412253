using System.Globalization;
using Orchestrator.Model;

namespace Orchestrator.Store.Tables;

/// <summary>The secondary indexes of each table, to be handed to <c>Find</c>.</summary>
public static class Indexes
{
    /// <summary>Host names as the agents gave them, lower-case; several nodes may share one.</summary>
    public static TableIndex<Node> NodeHostname { get; } = new(
        "hostname", n => n.Description?.Hostname.ToLowerInvariant());

    /// <summary>Names are compared without regard to case, as docker does.</summary>
    public static TableIndex<Service> ServiceName { get; } =
        new("name", s => s.Spec.Name.ToLowerInvariant(), unique: true);

    /// <summary>Services whose tasks are attached to a network, by the network's id.</summary>
    public static TableIndex<Service> ServiceNetwork { get; } =
        new("network", s => s.Spec.Task.Networks.Select(n => n.Target).Distinct());

    public static TableIndex<Network> NetworkName { get; } =
        new("name", n => n.Spec.Name.ToLowerInvariant(), unique: true);

    /// <summary>Of secrets, and of configs: each kind has a table and names of its own.</summary>
    public static TableIndex<Payload> PayloadName { get; } =
        new("name", p => p.Name.ToLowerInvariant(), unique: true);

    public static TableIndex<OrchTask> TaskService { get; } = new("service", t => t.ServiceId.Value);

    /// <summary>Tasks of one node; those that have none yet are under the empty key.</summary>
    public static TableIndex<OrchTask> TaskNode { get; } = new("node", t => t.NodeId.Value);

    /// <summary>All attempts at one slot: see <see cref="SlotKey"/>.</summary>
    public static TableIndex<OrchTask> TaskSlot { get; } = new("slot", SlotKey);

    /// <summary>By <see cref="TaskState"/>, as a number.</summary>
    public static TableIndex<OrchTask> TaskDesiredState { get; } = new("desired-state", t => StateKey(t.DesiredState));

    /// <summary>Tasks allocated on a network, by the network's id.</summary>
    public static TableIndex<OrchTask> TaskNetwork { get; } =
        new("network", t => t.Networks.Select(n => n.NetworkId.Value).Distinct());

    public static TableIndex<RepositoryManifest> ManifestRepository { get; } = new("repository", m => m.Repository);

    /// <summary>What refers to a manifest, by the id that one has or would have.</summary>
    public static TableIndex<RepositoryManifest> ManifestSubject { get; } = new(
        "subject", m => m.Subject.Length > 0 ? RepositoryManifest.IdOf(m.Repository, m.Subject) : null);

    public static TableIndex<RepositoryTag> TagRepository { get; } = new("repository", t => t.Repository);

    /// <summary>The tags of one manifest, by its id.</summary>
    public static TableIndex<RepositoryTag> TagManifest { get; } = new(
        "manifest", t => RepositoryManifest.IdOf(t.Repository, t.Digest));

    /// <summary>The slot of a replicated task is its number, that of a global task its node.</summary>
    public static string SlotKey(OrchTask task) => SlotKey(task.ServiceId, task.Slot, task.NodeId);

    public static string SlotKey(ServiceId service, ulong slot, NodeId node) =>
        slot > 0 ? $"{service}/{slot.ToString(CultureInfo.InvariantCulture)}" : $"{service}/{node}";

    public static string StateKey(TaskState state) => ((int)state).ToString(CultureInfo.InvariantCulture);
}
