using Orchestrator.Model;
using Orchestrator.Store.Tables;

namespace Orchestrator.Manager.Allocation;

internal static class AddressesInUse
{
    /// <summary>Every address that something has: services, nodes, and tasks that have not ended.</summary>
    public static IEnumerable<(NetworkId Network, uint Address)> Of(StoreRoot root)
    {
        var services = root.Services.All
            .SelectMany(service => service.Endpoint?.VirtualIps ?? [])
            .Select(vip => (vip.NetworkId, vip.Address));
        var tasks = root.Tasks.All
            .Where(task => !task.Status.State.IsTerminal())
            .SelectMany(task => task.Networks)
            .SelectMany(network => network.Addresses.Select(address => (network.NetworkId, address)));
        var nodes = root.Networks.All.Where(network => network.Spec.Ingress)
            .SelectMany(ingress => root.Nodes.All.Select(node => (ingress.Id, node.IngressAddress)));
        return services.Concat(tasks).Concat(nodes)
            .Select(pair => (pair.Item1, Address: Subnet.ParseAddress(pair.Item2)))
            .Where(pair => pair.Address is not null)
            .Select(pair => (pair.Item1, pair.Address!.Value));
    }
}
