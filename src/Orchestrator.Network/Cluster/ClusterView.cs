using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Orchestrator.Model;

namespace Orchestrator.Network;

/// <summary>Everything the cluster wants of this node's network: the whole of it, every time.</summary>
/// <param name="NodeVtep">This node's address on the underlay, from which VXLAN packets leave.</param>
public sealed record ClusterView(string NodeVtep)
{
    /// <summary>Of a node that is in no cluster: takes down all but overlays that local containers are still on.</summary>
    public static ClusterView OfNoCluster { get; } = new("");

    /// <summary>UDP port of VXLAN, the same on all nodes; 0 is read as the default.</summary>
    public int DataPathPort { get; init => field = value == 0 ? ClusterPorts.Vxlan : value; } = ClusterPorts.Vxlan;

    /// <summary>Overlays that have, or are about to have, a task on this node. Others are taken down.</summary>
    public ImmutableArray<OverlayView> Overlays { get; init; } = [];

    /// <summary>Networks of the world outside (macvlan, ipvlan, vlan) of which the same holds. They have no tunnel; names
    /// answer the tasks' own addresses.</summary>
    public ImmutableArray<OverlayView> Segments { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Keys of overlays under IPsec; kept in memory only.</summary>
    [JsonIgnore]
    public ImmutableArray<ClusterKey> Keys { get; init; } = [];

    /// <summary>The routing mesh; null: this node takes no part.</summary>
    public IngressView? Ingress { get; init; }
}

/// <summary>A key that all nodes with a part in overlays under IPsec have.</summary>
/// <param name="Number">Counts up.</param>
/// <param name="Secret">In base64.</param>
/// <param name="IsPrimary">Packets are sent under it; they are received under all.</param>
public sealed record ClusterKey(int Number, string Secret, bool IsPrimary);

/// <summary>One overlay, or segment: what it is, who is on it, and which services live on it.</summary>
/// <param name="Network">With its pools; of an overlay with <see cref="NetworkConfig.Vni"/>.</param>
public sealed record OverlayView(NetworkConfig Network)
{
    /// <summary>Endpoints on all nodes, this one's included.</summary>
    public ImmutableArray<OverlayEndpoint> Endpoints { get; init; } = [];

    public ImmutableArray<OverlayService> Services { get; init; } = [];
}

/// <summary>One task's (or one node's) address on an overlay.</summary>
public sealed record OverlayEndpoint
{
    public required string TaskId { get; init; }

    /// <summary>Container name of the task, e.g. <c>web.1.x7k…</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Empty for what belongs to no service.</summary>
    public string ServiceId { get; init; } = "";

    public int Slot { get; init; }

    /// <summary>Address without prefix length.</summary>
    public required string Ip { get; init; }

    /// <summary>The same of IPv6; null: the network has none.</summary>
    public string? Ip6 { get; init; }

    /// <summary>That of IPv4, then that of IPv6 if there is one.</summary>
    [JsonIgnore]
    public IEnumerable<string> Addresses => Ip6 is { Length: > 0 } six ? [Ip, six] : [Ip];

    /// <summary>Hardware address; null: derived from the address, as it is everywhere by default.</summary>
    public string? Mac { get; init; }

    /// <summary>Underlay address of the node that runs the task.</summary>
    public required string NodeVtep { get; init; }

    /// <summary>Public key of that node, where the overlay is under WireGuard.</summary>
    public string WireGuardKey { get; init; } = "";

    /// <summary>Largest packet that that node can send to others; 0: it did not say.</summary>
    public int UnderlayMtu { get; init; }

    /// <summary>What that node's IPsec associations are made under, where the overlay is under IPsec.</summary>
    public uint EspEpoch { get; init; }

    /// <summary>The task runs on this node.</summary>
    public bool IsLocal { get; init; }

    /// <summary>Running and healthy: resolves, and is given new connections. False keeps the ones it has.</summary>
    public bool Ready { get; init; }

    public ImmutableArray<string> Aliases { get; init; } = [];

    /// <summary>A node's own address on the ingress overlay: of no task, so it has no name.</summary>
    [JsonIgnore]
    public bool IsNode => Name.Length == 0;
}

/// <summary>A service on one overlay.</summary>
/// <param name="Vip">Its virtual address there; null with <see cref="EndpointMode.DnsRoundRobin"/>.</param>
public sealed record OverlayService(string Id, string Name, string? Vip, EndpointMode Mode = EndpointMode.Vip)
{
    /// <summary>Its virtual address of IPv6; null: it has none.</summary>
    public string? Vip6 { get; init; }

    /// <summary>That of IPv4, then that of IPv6 if there is one; none with <see cref="EndpointMode.DnsRoundRobin"/>.</summary>
    [JsonIgnore]
    public IEnumerable<string> Vips => Mode == EndpointMode.Vip && Vip is { } four
        ? Vip6 is { Length: > 0 } six ? [four, six] : [four] : [];

    public ImmutableArray<string> Aliases { get; init; } = [];

    /// <summary>A client is led to one task for as long as that is ready.</summary>
    public bool IsSticky { get; init; }

    /// <summary>Those that it publishes; SRV records tell of them.</summary>
    public ImmutableArray<ServicePort> Ports { get; init; } = [];
}

/// <summary>A port that a service's tasks listen on.</summary>
/// <param name="Name">Empty: it has only its number.</param>
/// <param name="Protocol">tcp, udp or sctp.</param>
public sealed record ServicePort(string Name, string Protocol, int Port);

public enum EndpointMode
{
    Vip,
    DnsRoundRobin,
}

/// <summary>The routing mesh as seen by this node.</summary>
/// <param name="NetworkId">The ingress overlay, which is among <see cref="ClusterView.Overlays"/>.</param>
/// <param name="NodeAddress">This node's own address on it, without prefix length.</param>
public sealed record IngressView(string NetworkId, string NodeAddress)
{
    /// <summary>Nothing is published.</summary>
    public static IngressView None { get; } = new("", "");

    public ImmutableArray<IngressPort> Ports { get; init; } = [];

    /// <summary>What HTTP requests to this node lead where.</summary>
    public ImmutableArray<IngressRoute> Routes { get; init; } = [];

    /// <summary>Certificates with their chains and keys, PEM, by what routes call them.</summary>
    [JsonIgnore] // A view is kept on disk; keys are for memory and the folder of the program that needs them.
    public ImmutableSortedDictionary<string, string> Certificates { get; init; } =
        ImmutableSortedDictionary<string, string>.Empty;
}

/// <summary>HTTP requests that every node leads to the tasks of one service.</summary>
/// <param name="Host">Name, <c>*.suffix</c>, or empty: any.</param>
/// <param name="Path">Prefix in whole segments; <c>/</c>: all.</param>
/// <param name="TargetPort">Where the tasks listen.</param>
/// <param name="Certificate">Key of <see cref="IngressView.Certificates"/>; empty: without TLS.</param>
/// <param name="Backends">Ingress addresses of the tasks that are ready.</param>
public sealed record IngressRoute(
    string ServiceId, string Host, string Path, int TargetPort, string Certificate, ImmutableArray<string> Backends)
{
    /// <summary>Each client is led to one task, by its address.</summary>
    public bool IsSticky { get; init; }

    /// <summary>Tasks are spoken to by HTTP/2, without TLS.</summary>
    public bool IsHttp2 { get; init; }
}

/// <summary>A port that answers on every node.</summary>
/// <param name="Backends">Ingress addresses of both families of the tasks that are ready; empty: connections are refused.</param>
public sealed record IngressPort(
    string Protocol, int PublishedPort, int TargetPort, string ServiceId, ImmutableArray<string> Backends)
{
    /// <summary>Tasks see the node's address for the client's.</summary>
    public bool Masquerades { get; init; }

    /// <summary>Each client is led to one task, by its address, through whichever node it comes.</summary>
    public bool IsSticky { get; init; }

    /// <summary>Connections begin with a header of the PROXY protocol, version 2, which orch-ingress writes.</summary>
    public bool HasProxyHeader { get; init; }

    /// <summary>Tasks that get no more connections and keep those they have.</summary>
    public ImmutableArray<string> Draining { get; init; } = [];
}

/// <summary>What could not be done of a view, in words for the operator. The rest of it was.</summary>
public sealed record ClusterReport(ImmutableArray<string> Faults);
