using Orchestrator.Manager.Allocation;
using Orchestrator.Model;
using Orchestrator.Protocol.Mapping;
using Orchestrator.Store;
using Orchestrator.Store.Tables;
using Orchestrator.Store.Transactions;

namespace Orchestrator.Manager.ControlApi;

/// <summary>
/// Networks of the cluster. One is allocated as it is made, so that a fault in its subnet reaches the one who asked.
/// </summary>
internal sealed class NetworkApi(ObjectStore store, AllocatorOptions allocator)
{
    public async Task<P.ListNetworksResponse> ListAsync(
        P.ListNetworksRequest request, CancellationToken cancellationToken)
    {
        var root = await store.ViewCurrentAsync(cancellationToken);
        var response = new P.ListNetworksResponse();
        response.Networks.AddRange(
            root.Networks.All.Where(network => Matches(network, request)).Select(n => n.ToProto()));
        return response;
    }

    public async Task<P.GetNetworkResponse> GetAsync(P.GetNetworkRequest request, CancellationToken cancellationToken)
    {
        var root = await store.ViewCurrentAsync(cancellationToken);
        return new P.GetNetworkResponse { Network = References.Network(root, request.Reference).ToProto() };
    }

    public async Task<P.CreateNetworkResponse> CreateAsync(
        P.CreateNetworkRequest request, CancellationToken cancellationToken)
    {
        var spec = request.Spec.ToModel();
        var id = new NetworkId(Identifier.New());
        await store.UpdateAsync(tx => Create(tx, id, spec), cancellationToken);
        return new P.CreateNetworkResponse { Network = store.View().Networks.Get(id.Value)!.ToProto() };
    }

    public async Task<P.UpdateNetworkResponse> UpdateAsync(
        P.UpdateNetworkRequest request, CancellationToken cancellationToken)
    {
        var committed = await store.UpdateAsync(tx => Update(tx, request), cancellationToken);
        return new P.UpdateNetworkResponse { Network = store.View().Networks.Get(committed.Value.Value)!.ToProto() };
    }

    public async Task<P.RemoveNetworkResponse> RemoveAsync(
        P.RemoveNetworkRequest request, CancellationToken cancellationToken)
    {
        await store.UpdateAsync(tx => Remove(tx, request.Id), cancellationToken);
        return new P.RemoveNetworkResponse();
    }

    private Network Create(Transaction tx, NetworkId id, NetworkSpec spec)
    {
        var others = tx.Networks.All().ToList();
        NetworkValidator.Validate(spec, others, tx.Nodes.All());
        var created = tx.Networks.Create(new Network { Id = id, Spec = spec });
        var cluster = tx.Clusters.All().FirstOrDefault();
        var allocated = NetworkAllocator.Allocate(
            created, others, cluster, NetworkAllocator.RoutesOf(tx.Nodes.All()), allocator)
            ?? throw new UserException(
                ErrorCode.ResourceExhausted,
                "could not find an available, non-overlapping IPv4 address pool among the "
                + "defaults to assign to the network",
                "Name one: --subnet CIDR, or remove networks that are not used." + InTheWay(cluster, tx.Nodes.All()));
        return tx.Networks.Update(NetworkAllocator.WithEncryption(allocated, tx.Nodes.All()));
    }

    /// <summary>Empty: nodes have nothing to do with it.</summary>
    private static string InTheWay(Cluster? cluster, IEnumerable<Node> nodes)
    {
        var routes = NetworkAllocator.InTheWay(cluster?.Spec ?? new(), nodes).Take(3)
            .Select(way => $"{way.Node.Description?.Hostname} has a route to {way.Route}").ToList();
        return routes.Count == 0 ? "" : $" In the way: {string.Join(", ", routes)}.";
    }

    private static NetworkId Update(Transaction tx, P.UpdateNetworkRequest request)
    {
        var network = tx.Networks.Get(References.Network(tx.Base, request.Id).Id.Value)!;
        var spec = NetworkChange.Apply(network.Spec, request);
        NetworkValidator.ValidateOptions(spec);
        tx.Networks.Update(network with { Spec = spec });
        return network.Id;
    }

    private static bool Remove(Transaction tx, string reference)
    {
        var network = tx.Networks.Get(References.Network(tx.Base, reference).Id.Value)!;
        var name = network.Spec.Name;
        var service = tx.Services.All().FirstOrDefault(
            s => ServiceAllocator.NetworksOf(s, tx.Base).Contains(network.Id));
        if (service is not null)
        {
            throw new UserException(
                ErrorCode.InUse, $"network {name} is in use by service {service.Spec.Name}",
                $"Remove the service first: orch service rm {service.Spec.Name}");
        }

        if (tx.Tasks.Find(Indexes.TaskNetwork, network.Id.Value).FirstOrDefault(
            t => !t.Status.State.IsTerminal()) is { } task)
        {
            throw task.IsAttachment
                ? InUse(name, task, tx.Base.Nodes.Get(task.NodeId.Value))
                : new UserException(
                    ErrorCode.InUse, $"network {name} is in use by task {task.Name}", "Wait until the task has stopped.");
        }

        tx.Networks.Delete(network.Id.Value);
        return true;
    }

    private static UserException InUse(string network, OrchTask attachment, Node? node)
    {
        var host = node?.Description?.Hostname ?? attachment.NodeId.Value;
        return new UserException(
            ErrorCode.InUse, $"network {network} is in use by container {attachment.Name} of node {host}",
            node?.Status.State == NodeState.Down
                ? $"That node is down: bring it back, or give it up: orch node rm {host}"
                : $"On that node: orch network disconnect {network} {attachment.Name}");
    }

    private static bool Matches(Network network, P.ListNetworksRequest request) =>
        Matching.Prefix(request.Ids, network.Id.Value)
        && Matching.Prefix(request.Names, network.Spec.Name)
        && Matching.Labels(request.Labels, network.Spec.Annotations.Labels);
}
