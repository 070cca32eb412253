using System.Collections.Immutable;
using Orchestrator.Manager.Allocation;
using Orchestrator.Model;
using Orchestrator.Protocol.Mapping;
using Orchestrator.Store.Tables;

namespace Orchestrator.Manager.Dispatching;

/// <summary>Reads from the state who is on a network. Pure.</summary>
internal static class NetworkViewBuilder
{
    /// <param name="previous">Messages that are equal to those of it are taken over, so that nobody compares them
    /// again.</param>
    public static NetworkView Build(StoreRoot root, Network network, NetworkView? previous)
    {
        var endpoints = root.Tasks.Find(Indexes.TaskNetwork, network.Id.Value)
            .Where(task => IsReachable(task, root))
            .Select(task => OfTask(task, network, root));
        if (network.Spec.Ingress)
            endpoints = endpoints.Concat(root.Nodes.All.Where(HasEndpoint).Select(node => OfNode(node, network)));
        var services = root.Services.All
            .Where(service => ServiceAllocator.NetworksOf(service, root).Contains(network.Id))
            .Select(service => OfService(service, network));
        return new(
            network,
            Merge(endpoints, endpoint => endpoint.Id, previous?.Endpoints),
            Merge(services, service => service.ServiceId, previous?.Services));
    }

    // Known to its peers before it runs, so that it is reached as soon as it does; forgotten when it ended or its node
    // is lost.
    private static bool IsReachable(OrchTask task, StoreRoot root) =>
        task.Status.State is >= TaskState.Assigned and <= TaskState.Running
        && root.Nodes.Get(task.NodeId.Value) is { Status.State: not NodeState.Down };

    private static bool HasEndpoint(Node node) => node.IngressAddress.Length > 0 && node.Status.Address.Length > 0;

    private static P.NetworkEndpoint OfTask(OrchTask task, Network network, StoreRoot root)
    {
        var attachment = task.Networks.First(n => n.NetworkId == network.Id);
        var endpoint = new P.NetworkEndpoint
        {
            NetworkId = network.Id.Value,
            Id = task.Id.Value,
            Name = task.Name,
            ServiceId = task.ServiceId.Value,
            Slot = task.Slot,
            NodeId = task.NodeId.Value,
            Vtep = root.Nodes.Get(task.NodeId.Value)!.Status.Address,
            WireguardKey = KeyOf(root.Nodes.Get(task.NodeId.Value)!, network),
            UnderlayMtu = root.Nodes.Get(task.NodeId.Value)!.Description?.UnderlayMtu ?? 0,
            EspEpoch = EpochOf(root.Nodes.Get(task.NodeId.Value)!, network),
            Address = attachment.Addresses[0],
            Ready = task.Status.State == TaskState.Running && task.DesiredState <= TaskState.Running,
        };
        endpoint.Aliases.AddRange(attachment.Aliases);
        return endpoint;
    }

    private static string KeyOf(Node node, Network network) =>
        network.Allocation?.Encryption == NetworkEncryption.WireGuard ? node.Description?.WireGuardKey ?? "" : "";

    private static uint EpochOf(Node node, Network network) =>
        network.Allocation?.Encryption == NetworkEncryption.Esp ? node.Description?.EspEpoch ?? 0 : 0;

    private static P.NetworkEndpoint OfNode(Node node, Network network) => new()
    {
        NetworkId = network.Id.Value,
        Id = node.Id.Value,
        NodeId = node.Id.Value,
        Vtep = node.Status.Address,
        WireguardKey = KeyOf(node, network),
        UnderlayMtu = node.Description?.UnderlayMtu ?? 0,
        EspEpoch = EpochOf(node, network),
        Address = node.IngressAddress,
        Ready = node.Status.State == NodeState.Ready,
    };

    private static P.NetworkService OfService(Service service, Network network)
    {
        var message = new P.NetworkService
        {
            NetworkId = network.Id.Value,
            ServiceId = service.Id.Value,
            Name = service.Spec.Name,
            Mode = (P.EndpointMode)service.Spec.Endpoint.Mode,
            Affinity = (P.Affinity)service.Spec.Endpoint.Affinity,
            Vip = service.Endpoint?.VirtualIps.FirstOrDefault(vip => vip.NetworkId == network.Id)?.Address ?? "",
        };
        message.Aliases.AddRange(
            service.Spec.Task.Networks.Where(n => n.Target == network.Id.Value).SelectMany(n => n.Aliases).Distinct());
        message.Ports.AddRange((service.Endpoint?.Ports ?? [])
            .Where(port => port.Mode == PublishMode.Ingress || !network.Spec.Ingress).Select(port => port.ToProto()));
        if (network.Spec.Ingress)
            message.Routes.AddRange(service.Spec.Endpoint.Routes.Select(route => route.ToProto()));
        return message;
    }

    private static ImmutableSortedDictionary<string, TMessage> Merge<TMessage>(
        IEnumerable<TMessage> messages, Func<TMessage, string> key,
        ImmutableSortedDictionary<string, TMessage>? previous)
        where TMessage : class, IEquatable<TMessage>
    {
        var merged = ImmutableSortedDictionary.CreateBuilder<string, TMessage>(StringComparer.Ordinal);
        foreach (var message in messages)
        {
            var known = previous?.GetValueOrDefault(key(message));
            merged[key(message)] = known is not null && known.Equals(message) ? known : message;
        }

        return merged.ToImmutable();
    }
}
