using System.Collections.Immutable;
using Google.Protobuf;
using Orchestrator.Model;
using Orchestrator.Protocol.Mapping;
using Orchestrator.Store.Tables;

namespace Orchestrator.Manager.Dispatching;

/// <summary>
/// What one node is to know, and how that differs from what it was told. Pure; the messages it holds are shared and
/// never changed.
/// </summary>
internal sealed class AssignmentSet
{
    private readonly Dictionary<string, (object Source, Func<P.AssignmentChange> Encode)> items;

    private AssignmentSet(Dictionary<string, (object, Func<P.AssignmentChange>)> items) => this.items = items;

    public static AssignmentSet Empty { get; } = new([]);

    public int Count => items.Count;

    public static AssignmentSet Of(NodeId node, ClusterNetworks cluster)
    {
        var set = new Dictionary<string, (object, Func<P.AssignmentChange>)>(StringComparer.Ordinal);
        var tasks = cluster.Root.Tasks.Find(Indexes.TaskNode, node.Value)
            .Where(task => task.Status.State >= TaskState.Assigned).ToList();
        foreach (var task in tasks)
            set.Add($"task/{task.Id}", (new TaskKey(task.DesiredState), () => new P.AssignmentChange
            {
                Task = task.ToProto(),
            }));

        // The ingress network's ports answer on every node, whether or not a task of it is there.
        var live = tasks.Where(task => !task.Status.State.IsTerminal())
            .SelectMany(task => task.Networks).Select(n => n.NetworkId.Value).ToHashSet();
        foreach (var (id, view) in cluster.Views.Where(
            pair => pair.Value.Network.Spec.Ingress || live.Contains(pair.Key)))
            AddNetwork(set, id, view, cluster.Root);
        foreach (var (kind, id) in PayloadsOf(tasks, cluster).Distinct())
            AddPayload(set, id.Value, cluster.Root.Payloads(kind).Get(id.Value));
        return new AssignmentSet(set);
    }

    /// <summary>What the node's live tasks have as files, and the certificates of routes, which end on every node.</summary>
    private static IEnumerable<(PayloadKind Kind, PayloadId Id)> PayloadsOf(
        IEnumerable<OrchTask> tasks, ClusterNetworks cluster) =>
        tasks.Where(task => !task.Status.State.IsTerminal())
            .SelectMany(task => task.Spec.Container.Payloads).Select(reference => (reference.Kind, reference.Id))
            .Concat(cluster.Views.Values.Where(view => view.Network.Spec.Ingress)
                .SelectMany(view => view.Services.Values).SelectMany(service => service.Routes)
                .Where(route => route.SecretId.Length > 0).Select(route => (PayloadKind.Secret, new PayloadId(route.SecretId))));

    /// <summary>Its data never changes: it is told once.</summary>
    private static void AddPayload(
        Dictionary<string, (object, Func<P.AssignmentChange>)> set, string id, Payload? payload) =>
        set.Add($"payload/{id}", (payload is null, () => new P.AssignmentChange
        {
            Payload = new P.AssignedPayload
            {
                Id = id,
                Data = payload is null ? ByteString.Empty : UnsafeByteOperations.UnsafeWrap(payload.Data),
                Missing = payload is null,
            },
        }));

    /// <summary>
    /// The changes that lead from what was told to this. Removals first: what is given up may be handed out anew.
    /// </summary>
    public IEnumerable<P.AssignmentChange> Since(AssignmentSet told)
    {
        foreach (var (key, item) in told.items)
        {
            if (!items.ContainsKey(key))
                yield return Removal(item.Encode());
        }

        foreach (var (key, item) in items)
        {
            if (!told.items.TryGetValue(key, out var known) || !known.Source.Equals(item.Source))
                yield return item.Encode();
        }
    }

    private static void AddNetwork(
        Dictionary<string, (object, Func<P.AssignmentChange>)> set, string id, NetworkView view, StoreRoot root)
    {
        var keys = KeysOf(view.Network, root);
        // Of a network only what was allocated and asked for is told; its version is of no concern to a node.
        set.Add($"network/{id}", ((view.Network.Allocation!, view.Network.Spec, keys), () => new P.AssignmentChange
        {
            Network = WithKeys(view.Network.ToProto(), keys),
        }));
        foreach (var endpoint in view.Endpoints.Values)
            set.Add($"endpoint/{id}/{endpoint.Id}", (endpoint, () => new P.AssignmentChange { Endpoint = endpoint }));
        foreach (var service in view.Services.Values)
            set.Add($"service/{id}/{service.ServiceId}", (service, () => new P.AssignmentChange { Service = service }));
    }

    /// <summary>Only nodes with a part in a network under IPsec ever get to know its keys.</summary>
    private static ImmutableArray<NetworkKey> KeysOf(Network network, StoreRoot root) =>
        network.Allocation!.Encryption == NetworkEncryption.Esp ? root.Clusters.All.FirstOrDefault()?.NetworkKeys ?? [] : [];

    private static P.Network WithKeys(P.Network network, ImmutableArray<NetworkKey> keys)
    {
        network.Keys.Add(keys.Select(key => key.ToProto()));
        return network;
    }

    private static P.AssignmentChange Removal(P.AssignmentChange change)
    {
        var removal = new P.AssignmentChange { Action = P.AssignmentChange.Types.Action.Remove };
        switch (change.ItemCase)
        {
            case P.AssignmentChange.ItemOneofCase.Task:
                removal.Task = new P.Task { Id = change.Task.Id };
                break;
            case P.AssignmentChange.ItemOneofCase.Network:
                removal.Network = new P.Network { Id = change.Network.Id };
                break;
            case P.AssignmentChange.ItemOneofCase.Endpoint:
                removal.Endpoint = new P.NetworkEndpoint
                {
                    NetworkId = change.Endpoint.NetworkId, Id = change.Endpoint.Id,
                };
                break;
            case P.AssignmentChange.ItemOneofCase.Payload:
                removal.Payload = new P.AssignedPayload { Id = change.Payload.Id };
                break;
            default:
                removal.Service = new P.NetworkService
                {
                    NetworkId = change.Service.NetworkId, ServiceId = change.Service.ServiceId,
                };
                break;
        }

        return removal;
    }

    // Once a task has a node nothing of it changes but what is wanted of it; its status is the node's own report.
    private sealed record TaskKey(TaskState Desired);
}
