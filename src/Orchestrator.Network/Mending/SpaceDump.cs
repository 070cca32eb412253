using System.Collections.Immutable;
using System.Net.Sockets;
using Orchestrator.Linux.Netlink;
using Orchestrator.Network.Returning;

namespace Orchestrator.Network.Mending;

/// <summary>What one namespace holds, as the kernel lists it.</summary>
internal sealed record SpaceDump(
    ImmutableArray<LinkInfo> Links, ImmutableArray<AddressInfo> Addresses, ImmutableArray<RouteInfo> Routes,
    ImmutableArray<NeighbourInfo> Neighbours)
{
    /// <summary>Those by which the kernel knows its own addresses.</summary>
    public ImmutableArray<RouteSpec> OwnRoutes { get; init; } = [];

    /// <summary>Rules that bear a mark of ours.</summary>
    public ImmutableArray<RuleSpec> Rules { get; init; } = [];

    /// <summary>Routes of the tables that such rules lead to.</summary>
    public ImmutableArray<RouteSpec> Ways { get; init; } = [];

    /// <summary>Routes and rules of whatever table and family, and classes: where a container keeps commands.</summary>
    public ImmutableArray<RouteSpec> AllRoutes { get; init; } = [];

    public ImmutableArray<RuleSpec> AllRules { get; init; } = [];

    public ImmutableArray<TrafficInfo> Classes { get; init; } = [];

    public ImmutableArray<TrafficInfo> Queues { get; init; } = [];

    /// <summary>Links whose arriving packets are led to another, by index.</summary>
    public ImmutableDictionary<int, int> Redirects { get; init; } = ImmutableDictionary<int, int>.Empty;

    /// <param name="neighbours">Only an overlay's namespace has any of ours.</param>
    /// <param name="ways">Only a container on the ingress overlay has any.</param>
    /// <param name="answers">Only a container on an overlay can have false ones.</param>
    /// <param name="all">Only a container that keeps commands needs it.</param>
    public static SpaceDump Read(RouteSocket route, bool neighbours, bool ways, bool answers = false, bool all = false)
    {
        ImmutableArray<TrafficInfo> queues = [.. route.ListQdiscs()];
        ImmutableArray<LinkInfo> links = [.. route.ListLinks()];
        // Before routes, or one that is just set would seem to have none.
        ImmutableArray<AddressInfo> addresses =
            [.. route.ListAddresses(), .. route.ListAddresses(AddressFamily.InterNetworkV6)];
        ImmutableArray<RouteSpec> routes = [.. route.ListRoutes(isIPv6: false), .. route.ListRoutes(isIPv6: true)];
        return new SpaceDump(
            links,
            addresses,
            [.. routes.Where(r => r.Table == RouteSpec.MainTable && r.Link > 0)
                .Select(r => new RouteInfo(r.Destination, r.Gateway, r.Link))],
            neighbours ? [.. route.ListStatic()] : answers ? [.. route.ListAnswers()] : [])
        {
            OwnRoutes = [.. routes.Where(r => r.Kind is RouteKind.Local or RouteKind.Broadcast or RouteKind.Multicast)],
            Rules = ways
                ? [.. route.ListRules(isIPv6: false).Concat(route.ListRules(isIPv6: true))
                    .Where(r => WayBack.IsOurs(r.Mark ?? 0))]
                : [],
            Ways = ways ? [.. routes.Where(r => WayBack.IsOurs((uint)r.Table))] : [],
            AllRoutes = all ? routes : [],
            AllRules = all ? [.. route.ListRules(isIPv6: false), .. route.ListRules(isIPv6: true)] : [],
            Classes = all ? [.. links.SelectMany(link => route.ListClasses(link.Index))] : [],
            Queues = queues,
            Redirects = queues.Where(q => q.Parent == TrafficPlace.Ingress)
                .Select(q => (q.Link, To: route.RedirectOf(q.Link))).Where(r => r.To is not null)
                .ToImmutableDictionary(r => r.Link, r => r.To!.Value), // The others are not there.
        };
    }
}
