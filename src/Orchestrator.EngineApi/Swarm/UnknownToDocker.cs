using Orchestrator.Model;
using Dto = Orchestrator.Api.Swarm;

namespace Orchestrator.EngineApi.Swarm;

/// <summary>Settings of ours that docker's client drops when it reads a service and writes it back. Pure.</summary>
internal static class UnknownToDocker
{
    /// <summary>Fills in what an update says nothing of; our own client always says it.</summary>
    public static void Keep(Dto.ServiceSpec update, EndpointSpec current)
    {
        if (update.EndpointSpec is not { } endpoint)
            return;
        var known = ServiceSpecViews.Of(current);
        endpoint.Affinity ??= known.Affinity;
        foreach (var port in endpoint.Ports ?? [])
        {
            if ((known.Ports ?? []).FirstOrDefault(k => IsSame(k, port)) is not { } before)
                continue;
            port.HostIP ??= before.HostIP;
            port.Source ??= before.Source;
            port.Prefer ??= before.Prefer;
            port.ProxyProtocol ??= before.ProxyProtocol;
        }

        endpoint.Routes ??= known.Routes;
    }

    private static bool IsSame(Dto.PortConfig one, Dto.PortConfig other) =>
        (one.Protocol, one.TargetPort, one.PublishedPort ?? 0, one.PublishMode)
            == (other.Protocol ?? "tcp", other.TargetPort, other.PublishedPort ?? 0, other.PublishMode ?? "ingress");
}
