using Grpc.Core;

namespace Orchestrator.Manager.ControlApi;

/// <summary>
/// The control API on the wire: each call is handed to the leader, where one class a kind of object does it.
/// </summary>
public sealed class ControlService : P.Control.ControlBase
{
    private readonly LeaderRouter router;
    private readonly ClusterApi clusters;
    private readonly NodeApi nodes;
    private readonly ServiceApi services;
    private readonly TaskApi tasks;
    private readonly NetworkApi networks;
    private readonly PayloadApi payloads;

    internal ControlService(
        LeaderRouter router, ClusterApi clusters, NodeApi nodes, ServiceApi services, TaskApi tasks,
        NetworkApi networks, PayloadApi payloads)
    {
        this.router = router;
        this.clusters = clusters;
        this.nodes = nodes;
        this.services = services;
        this.tasks = tasks;
        this.networks = networks;
        this.payloads = payloads;
    }

    public override Task<P.GetClusterResponse> GetCluster(P.GetClusterRequest request, ServerCallContext context) =>
        router.RouteAsync(context, clusters.GetAsync, (leader, hop) => leader.GetClusterAsync(request, hop));

    public override Task<P.UpdateClusterResponse> UpdateCluster(
        P.UpdateClusterRequest request, ServerCallContext context) =>
        router.RouteAsync(
            context, token => clusters.UpdateAsync(request, token),
            (leader, hop) => leader.UpdateClusterAsync(request, hop));

    public override Task<P.ListNodesResponse> ListNodes(P.ListNodesRequest request, ServerCallContext context) =>
        router.RouteAsync(
            context, token => nodes.ListAsync(request, token), (leader, hop) => leader.ListNodesAsync(request, hop));

    public override Task<P.GetNodeResponse> GetNode(P.GetNodeRequest request, ServerCallContext context) =>
        router.RouteAsync(
            context, token => nodes.GetAsync(request, token), (leader, hop) => leader.GetNodeAsync(request, hop));

    public override Task<P.UpdateNodeResponse> UpdateNode(P.UpdateNodeRequest request, ServerCallContext context) =>
        router.RouteAsync(
            context, token => nodes.UpdateAsync(request, token), (leader, hop) => leader.UpdateNodeAsync(request, hop));

    public override Task<P.RemoveNodeResponse> RemoveNode(P.RemoveNodeRequest request, ServerCallContext context) =>
        router.RouteAsync(
            context, token => nodes.RemoveAsync(request, token), (leader, hop) => leader.RemoveNodeAsync(request, hop));

    public override Task<P.ListServicesResponse> ListServices(
        P.ListServicesRequest request, ServerCallContext context) =>
        router.RouteAsync(
            context, token => services.ListAsync(request, token),
            (leader, hop) => leader.ListServicesAsync(request, hop));

    public override Task<P.GetServiceResponse> GetService(P.GetServiceRequest request, ServerCallContext context) =>
        router.RouteAsync(
            context, token => services.GetAsync(request, token), (leader, hop) => leader.GetServiceAsync(request, hop));

    // Step 2: the user's spec becomes a service.
    public override Task<P.CreateServiceResponse> CreateService(
        P.CreateServiceRequest request, ServerCallContext context) =>
        router.RouteAsync(
            context, token => services.CreateAsync(request, token),
            (leader, hop) => leader.CreateServiceAsync(request, hop));

    public override Task<P.UpdateServiceResponse> UpdateService(
        P.UpdateServiceRequest request, ServerCallContext context) =>
        router.RouteAsync(
            context, token => services.UpdateAsync(request, token),
            (leader, hop) => leader.UpdateServiceAsync(request, hop));

    public override Task<P.RemoveServiceResponse> RemoveService(
        P.RemoveServiceRequest request, ServerCallContext context) =>
        router.RouteAsync(
            context, token => services.RemoveAsync(request, token),
            (leader, hop) => leader.RemoveServiceAsync(request, hop));

    public override Task<P.ListTasksResponse> ListTasks(P.ListTasksRequest request, ServerCallContext context) =>
        router.RouteAsync(
            context, token => tasks.ListAsync(request, token), (leader, hop) => leader.ListTasksAsync(request, hop));

    public override Task<P.GetTaskResponse> GetTask(P.GetTaskRequest request, ServerCallContext context) =>
        router.RouteAsync(
            context, token => tasks.GetAsync(request, token), (leader, hop) => leader.GetTaskAsync(request, hop));

    public override Task<P.ListNetworksResponse> ListNetworks(
        P.ListNetworksRequest request, ServerCallContext context) =>
        router.RouteAsync(
            context, token => networks.ListAsync(request, token),
            (leader, hop) => leader.ListNetworksAsync(request, hop));

    public override Task<P.GetNetworkResponse> GetNetwork(P.GetNetworkRequest request, ServerCallContext context) =>
        router.RouteAsync(
            context, token => networks.GetAsync(request, token), (leader, hop) => leader.GetNetworkAsync(request, hop));

    public override Task<P.CreateNetworkResponse> CreateNetwork(
        P.CreateNetworkRequest request, ServerCallContext context) =>
        router.RouteAsync(
            context, token => networks.CreateAsync(request, token),
            (leader, hop) => leader.CreateNetworkAsync(request, hop));

    public override Task<P.UpdateNetworkResponse> UpdateNetwork(
        P.UpdateNetworkRequest request, ServerCallContext context) =>
        router.RouteAsync(
            context, token => networks.UpdateAsync(request, token),
            (leader, hop) => leader.UpdateNetworkAsync(request, hop));

    public override Task<P.RemoveNetworkResponse> RemoveNetwork(
        P.RemoveNetworkRequest request, ServerCallContext context) =>
        router.RouteAsync(
            context, token => networks.RemoveAsync(request, token),
            (leader, hop) => leader.RemoveNetworkAsync(request, hop));

    public override Task<P.ListPayloadsResponse> ListPayloads(
        P.ListPayloadsRequest request, ServerCallContext context) =>
        router.RouteAsync(
            context, token => payloads.ListAsync(request, token),
            (leader, hop) => leader.ListPayloadsAsync(request, hop));

    public override Task<P.GetPayloadResponse> GetPayload(
        P.GetPayloadRequest request, ServerCallContext context) =>
        router.RouteAsync(
            context, token => payloads.GetAsync(request, token),
            (leader, hop) => leader.GetPayloadAsync(request, hop));

    public override Task<P.CreatePayloadResponse> CreatePayload(
        P.CreatePayloadRequest request, ServerCallContext context) =>
        router.RouteAsync(
            context, token => payloads.CreateAsync(request, token),
            (leader, hop) => leader.CreatePayloadAsync(request, hop));

    public override Task<P.UpdatePayloadResponse> UpdatePayload(
        P.UpdatePayloadRequest request, ServerCallContext context) =>
        router.RouteAsync(
            context, token => payloads.UpdateAsync(request, token),
            (leader, hop) => leader.UpdatePayloadAsync(request, hop));

    public override Task<P.RemovePayloadResponse> RemovePayload(
        P.RemovePayloadRequest request, ServerCallContext context) =>
        router.RouteAsync(
            context, token => payloads.RemoveAsync(request, token),
            (leader, hop) => leader.RemovePayloadAsync(request, hop));
}
