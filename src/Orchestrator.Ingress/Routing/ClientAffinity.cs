using System.Net;
using Microsoft.AspNetCore.Http;
using Orchestrator.Ingress.Relaying;
using Yarp.ReverseProxy.LoadBalancing;
using Yarp.ReverseProxy.Model;

namespace Orchestrator.Ingress.Routing;

/// <summary>Leads each client to one task, by its address: through every node to the same.</summary>
internal sealed class ClientAffinity : ILoadBalancingPolicy
{
    public const string PolicyName = "ClientAffinity";

    public string Name => PolicyName;

    public DestinationState? PickDestination(
        HttpContext context, ClusterState cluster, IReadOnlyList<DestinationState> availableDestinations) =>
        BackendChoice.Order(
            availableDestinations, static d => d.DestinationId, context.Connection.RemoteIpAddress ?? IPAddress.None,
            isSticky: true, start: 0).FirstOrDefault();
}
