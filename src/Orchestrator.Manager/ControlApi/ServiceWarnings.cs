using Orchestrator.Model;
using Orchestrator.Store.Tables;

namespace Orchestrator.Manager.ControlApi;

/// <summary>What a service that is as asked will not have all the same. Pure.</summary>
internal static class ServiceWarnings
{
    public static IEnumerable<string> Of(ServiceSpec spec, StoreRoot root)
    {
        if (spec.Endpoint.Mode != EndpointMode.Vip)
            return [];
        return spec.Task.Networks.Select(attachment => root.Networks.Get(attachment.Target)?.Spec)
            .OfType<NetworkSpec>().Where(network => network.IsSegment).Select(network =>
                $"network {network.Name} of driver {network.Driver} has no virtual addresses: there, the name {spec.Name} "
                + "answers its tasks' own addresses, as with --endpoint-mode dnsrr");
    }
}
