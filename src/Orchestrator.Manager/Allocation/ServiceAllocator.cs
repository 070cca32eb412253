using System.Collections.Immutable;
using Orchestrator.Manager.Loops;
using Orchestrator.Model;
using Orchestrator.Protocol.Mapping;
using Orchestrator.Store.Tables;
using Orchestrator.Store.Transactions;

namespace Orchestrator.Manager.Allocation;

/// <summary>Gives services their published ports and one virtual address a network.</summary>
internal sealed class ServiceAllocator(StoreRoot root, AddressSpaces spaces, AllocatorOptions options)
{
    private readonly HashSet<(PortProtocol, int)> ports = [.. root.Services.All.SelectMany(PublishedPorts)];

    /// <summary>Services whose endpoint is to change, with the new one.</summary>
    public IEnumerable<Service> Plan()
    {
        foreach (var service in root.Services.All.OrderBy(service => service.Meta.CreatedAt).Where(NeedsAllocation))
        {
            if (EndpointOf(service) is { } endpoint)
                yield return service with { Endpoint = endpoint };
        }
    }

    /// <summary>
    /// Writes a planned service unless it has changed since, or a port chosen for it has become another's. Whoever took the
    /// port is a change, too, which brings about another pass.
    /// </summary>
    public static void Write(Service planned, Transaction tx)
    {
        var chosen = ChosenPorts(planned).ToHashSet();
        if (chosen.Count == 0 || !AnotherHas(chosen.Contains, planned, tx.Services.All()))
            tx.Services.UpdateIfUnchanged(planned);
    }

    /// <summary>
    /// The networks that a service's tasks join: those of its spec, and ingress when it publishes there.
    /// </summary>
    public static IReadOnlyList<NetworkId> NetworksOf(Service service, StoreRoot root)
    {
        var networks = service.Spec.Task.Networks.Select(n => new NetworkId(n.Target)).ToList();
        if ((service.Spec.Endpoint.Ports.Any(p => p.Mode == PublishMode.Ingress) || !service.Spec.Endpoint.Routes.IsEmpty)
            && root.Networks.All.FirstOrDefault(n => n.Spec.Ingress) is { } ingress)
            networks.Add(ingress.Id);
        return [.. networks.Distinct()];
    }

    /// <summary>The ports that nobody else may publish through the ingress network: those of tasks' nodes are among them.
    /// </summary>
    private static IEnumerable<(PortProtocol Protocol, int Port)> PublishedPorts(Service service) =>
        service.Spec.Endpoint.Ports.Concat(service.Endpoint?.Ports ?? [])
            .Where(p => p.PublishedPort != 0)
            .Select(p => (p.Protocol, p.PublishedPort));

    /// <summary>Whether a service has all that its spec asks for.</summary>
    public static bool IsAllocated(Service service, StoreRoot root) =>
        service.Endpoint is { } endpoint
        && endpoint.Spec.SameAs(service.Spec.Endpoint)
        && endpoint.VirtualIps.Select(vip => vip.NetworkId).ToHashSet().SetEquals(VipNetworksOf(service, root))
        && endpoint.VirtualIps.All(vip => vip.IsPaired || IsAsAsked(vip, service));

    /// <summary>The address that a service is to have on a network; empty: any.</summary>
    public static string VirtualIpAskedFor(Service service, NetworkId network) =>
        service.Spec.Task.Networks.FirstOrDefault(n => n.Target == network.Value)?.VirtualIp ?? "";

    private static bool IsAsAsked(VirtualIp vip, Service service) =>
        VirtualIpAskedFor(service, vip.NetworkId) is var asked && (asked.Length == 0 || vip.Address.Split('/')[0] == asked);

    private static IReadOnlyList<NetworkId> VipNetworksOf(Service service, StoreRoot root) =>
        service.Spec.Endpoint.Mode == EndpointMode.Vip
            ? [.. NetworksOf(service, root).Where(id => root.Networks.Get(id.Value)?.Spec.IsSegment != true)] : [];

    /// <summary>Those that its spec leaves open: nobody's word has reserved them until they are written.</summary>
    private static IEnumerable<(PortProtocol Protocol, int Port)> ChosenPorts(Service planned) =>
        planned.Spec.Endpoint.Ports.Zip(planned.Endpoint!.Ports)
            .Where(pair => pair.First.PublishedPort == 0 && pair.Second.PublishedPort != 0)
            .Select(pair => (pair.Second.Protocol, pair.Second.PublishedPort));

    private static bool AnotherHas(
        Func<(PortProtocol, int), bool> port, Service service, IEnumerable<Service> services) =>
        services.Any(other => other.Id != service.Id && PublishedPorts(other).Any(port));

    private bool NeedsAllocation(Service service) => !IsAllocated(service, root);

    private ServiceEndpoint? EndpointOf(Service service)
    {
        var vips = ImmutableArray.CreateBuilder<VirtualIp>();
        foreach (var network in VipNetworksOf(service, root))
        {
            var kept = service.Endpoint?.VirtualIps.FirstOrDefault(
                vip => vip.NetworkId == network && !vip.IsPaired && IsAsAsked(vip, service))?.Address;
            var asked = VirtualIpAskedFor(service, network);
            if ((kept ?? (asked.Length > 0 ? spaces.Of(network)?.Claim(asked) : spaces.Next(network))) is not { } address)
                return null;
            vips.Add(new VirtualIp(network, address));
            if (root.Networks.Get(network.Value)?.Allocation?.PairedCidr(address) is { } paired)
                vips.Add(new VirtualIp(network, paired)); // After the one that it goes with.
        }

        var chosen = service.Spec.Endpoint.Ports.Select(port => Publish(port, service)).ToImmutableArray();
        return chosen.Contains(null)
            ? null
            : new ServiceEndpoint { Spec = service.Spec.Endpoint, Ports = chosen!, VirtualIps = vips.ToImmutable() };
    }

    // Host mode leaves an open port to the node, which knows what is free there.
    private PortConfig? Publish(PortConfig port, Service service)
    {
        if (port.PublishedPort != 0 || port.Mode == PublishMode.Host)
            return port;
        var kept = service.Endpoint?.Ports.FirstOrDefault(
            p => p.Mode == port.Mode && p.Protocol == port.Protocol && p.TargetPort == port.TargetPort);
        if (kept is { PublishedPort: > 0 }
            && !AnotherHas(taken => taken == (kept.Protocol, kept.PublishedPort), service, root.Services.All))
            return port with { PublishedPort = kept.PublishedPort };
        var cluster = root.Clusters.All.FirstOrDefault();
        for (var number = options.FirstDynamicPort; number <= options.LastDynamicPort; number++)
        {
            if (OwnPorts.OwnerOf(port.Protocol, number, root.Nodes.All, cluster) is null
                && ports.Add((port.Protocol, number)))
                return port with { PublishedPort = number };
        }

        return null;
    }
}
