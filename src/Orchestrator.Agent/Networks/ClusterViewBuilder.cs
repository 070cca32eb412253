using System.Globalization;
using Orchestrator.Network;

namespace Orchestrator.Agent.Networks;

/// <summary>What this node holds of the cluster's networks, as its network layer wants it. Pure.</summary>
public static class ClusterViewBuilder
{
    private const string MtuOption = "com.docker.network.driver.mtu";

    /// <param name="session">This node and the cluster, as the dispatcher last described them.</param>
    public static ClusterView Build(
        P.SessionMessage session, string vtep, IEnumerable<P.Network> networks,
        IEnumerable<P.NetworkEndpoint> endpoints, IEnumerable<P.NetworkService> services,
        IEnumerable<P.AssignedPayload> payloads)
    {
        var self = session.Node;
        var endpointsByNetwork = endpoints.ToLookup(e => e.NetworkId);
        var servicesByNetwork = services.ToLookup(s => s.NetworkId);
        var allocated = networks.Where(n => n.Allocation is not null).OrderBy(
            n => n.Id, StringComparer.Ordinal).ToList();
        var ingress = allocated.Find(n => n.Spec.Ingress);
        return new ClusterView(vtep)
        {
            DataPathPort = session.DataPathPort,
            Keys = [.. (allocated.Find(n => n.Keys.Count > 0)?.Keys ?? [])
                .Select(k => new ClusterKey(k.Number, k.Secret, k.Primary))],
            Overlays = [.. allocated.Where(n => !IsSegment(n)).Select(View)],
            Segments = [.. allocated.Where(IsSegment).Select(View)],
            Ingress = ingress is null || self.IngressAddress.Length == 0
                ? null
                : new IngressView(ingress.Id, Host(self.IngressAddress))
                {
                    Ports = [.. Ports(ingress, self.Id, endpointsByNetwork[ingress.Id], servicesByNetwork[ingress.Id])],
                    Routes = [.. Routes(self.Id, endpointsByNetwork[ingress.Id], servicesByNetwork[ingress.Id])],
                    Certificates = Certificates(servicesByNetwork[ingress.Id], payloads),
                },
        };

        OverlayView View(P.Network network) =>
            Overlay(network, self.Id, endpointsByNetwork[network.Id], servicesByNetwork[network.Id]);
    }

    private static bool IsSegment(P.Network network) => Model.SegmentDrivers.Has(network.Spec.Driver);

    private static OverlayView Overlay(
        P.Network network, string self, IEnumerable<P.NetworkEndpoint> endpoints,
        IEnumerable<P.NetworkService> services) =>
        new(Config(network))
        {
            Endpoints = [.. endpoints.OrderBy(e => e.Id, StringComparer.Ordinal).Select(e => Endpoint(e, self, network))],
            Services = [.. services.OrderBy(s => s.ServiceId, StringComparer.Ordinal).Select(s => Service(s, network))],
        };

    private static NetworkConfig Config(P.Network network) => new()
    {
        Id = network.Id,
        Name = network.Spec.Annotations.Name,
        Driver = IsSegment(network) ? network.Spec.Driver : NetworkDrivers.Overlay,
        Scope = "swarm",
        Vni = IsSegment(network) ? null : network.Allocation.Vni,
        ConfigFrom = network.Spec.ConfigFrom,
        Encryption = network.Allocation.Encryption,
        Mtu = network.Spec.DriverOptions.TryGetValue(MtuOption, out var text)
            && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var mtu) ? mtu : null,
        Internal = network.Spec.Internal,
        Ingress = network.Spec.Ingress,
        EnableIPv6 = network.Spec.EnableIpv6,
        Attachable = network.Spec.Attachable,
        Pools =
        [
            .. network.Allocation.Pools.Select(p => new IpamPool(
                p.Subnet, p.Gateway.Length > 0 ? p.Gateway : null, p.Range.Length > 0 ? p.Range : null)),
        ],
        Options = network.Spec.DriverOptions.ToImmutableDictionary(),
        Labels = network.Spec.Annotations.Labels.ToImmutableDictionary(),
        Created = network.Meta?.CreatedAt?.ToDateTimeOffset() ?? DateTimeOffset.UnixEpoch,
    };

    /// <summary>The address of IPv6 that goes with one of IPv4; null: the network has none.</summary>
    private static string? Paired(P.Network network, string address) =>
        network.Allocation.Pools.FirstOrDefault(p => p.Subnet.Contains(':')) is { } six
            ? Model.PairedAddress.Of(six.Subnet, address) : null;

    private static OverlayEndpoint Endpoint(P.NetworkEndpoint endpoint, string self, P.Network network) => new()
    {
        TaskId = endpoint.Id,
        Name = endpoint.Name,
        ServiceId = endpoint.ServiceId,
        Slot = (int)endpoint.Slot,
        Ip = Host(endpoint.Address),
        Ip6 = Paired(network, endpoint.Address),
        NodeVtep = endpoint.Vtep,
        WireGuardKey = endpoint.WireguardKey,
        UnderlayMtu = endpoint.UnderlayMtu,
        EspEpoch = endpoint.EspEpoch,
        IsLocal = endpoint.NodeId == self,
        Ready = endpoint.Ready,
        Aliases = [.. endpoint.Aliases],
    };

    private static OverlayService Service(P.NetworkService service, P.Network network) => new(
        service.ServiceId, service.Name, service.Vip.Length > 0 ? Host(service.Vip) : null,
        (EndpointMode)service.Mode)
    {
        Vip6 = Paired(network, service.Vip),
        Aliases = [.. service.Aliases],
        Ports = [.. service.Ports.Select(p => new ServicePort(p.Name, Name(p.Protocol), p.TargetPort))],
        IsSticky = service.Affinity == P.Affinity.Client,
    };

    private static IEnumerable<IngressPort> Ports(
        P.Network mesh, string self, IEnumerable<P.NetworkEndpoint> endpoints, IEnumerable<P.NetworkService> services)
    {
        var ready = endpoints.Where(e => e.Ready && e.ServiceId.Length > 0).ToLookup(e => e.ServiceId);
        return
            from service in services
            from port in service.Ports
            where port.Mode == P.PublishMode.Ingress && port.PublishedPort > 0
            orderby port.PublishedPort, port.Protocol
            select new IngressPort(
                Name(port.Protocol), port.PublishedPort, port.TargetPort, service.ServiceId,
                [.. Chosen(port.Prefer, self, [.. ready[service.ServiceId]]).SelectMany(e => Both(mesh, e))
                    .Order(StringComparer.Ordinal)])
            {
                Draining = !port.ProxyHeader ? [] :
                [
                    .. endpoints.Where(e => e.ServiceId == service.ServiceId)
                        .Except(Chosen(port.Prefer, self, [.. ready[service.ServiceId]])).Select(e => Host(e.Address))
                        .Order(StringComparer.Ordinal),
                ],
                HasProxyHeader = port.ProxyHeader,
                Masquerades = port.Source == P.SourceAddress.Masquerade,
                IsSticky = service.Affinity == P.Affinity.Client,
            };
    }

    private static IEnumerable<IngressRoute> Routes(
        string self, IEnumerable<P.NetworkEndpoint> endpoints, IEnumerable<P.NetworkService> services)
    {
        var ready = endpoints.Where(e => e.Ready && e.ServiceId.Length > 0).ToLookup(e => e.ServiceId);
        return
            from service in services
            from route in service.Routes
            orderby route.Host, route.Path
            select new IngressRoute(
                service.ServiceId, route.Host, route.Path, route.TargetPort,
                route.SecretId,
                [
                    .. Chosen(route.Prefer, self, [.. ready[service.ServiceId]]).Select(e => Host(e.Address))
                        .Order(StringComparer.Ordinal),
                ])
            {
                IsHttp2 = route.Http2,
                IsSticky = service.Affinity == P.Affinity.Client,
            };
    }

    /// <summary>By the id of their secret; those that this node was told of yet.</summary>
    private static ImmutableSortedDictionary<string, string> Certificates(
        IEnumerable<P.NetworkService> services, IEnumerable<P.AssignedPayload> payloads)
    {
        var wanted = services.SelectMany(s => s.Routes).Select(r => r.SecretId).ToHashSet();
        return payloads.Where(p => !p.Missing && wanted.Contains(p.Id))
            .ToImmutableSortedDictionary(p => p.Id, p => p.Data.ToStringUtf8(), StringComparer.Ordinal);
    }

    private static IEnumerable<P.NetworkEndpoint> Chosen(
        P.TaskPreference prefer, string self, IReadOnlyCollection<P.NetworkEndpoint> ready) =>
        prefer == P.TaskPreference.Local && ready.Any(e => e.NodeId == self)
            ? ready.Where(e => e.NodeId == self) : ready;

    private static string[] Both(P.Network network, P.NetworkEndpoint endpoint) =>
        Paired(network, endpoint.Address) is { } six ? [Host(endpoint.Address), six] : [Host(endpoint.Address)];

    private static string Name(P.PortProtocol protocol) => protocol switch
    {
        P.PortProtocol.Udp => "udp",
        P.PortProtocol.Sctp => "sctp",
        _ => "tcp",
    };

    private static string Host(string cidr) => cidr.Split('/')[0];
}
