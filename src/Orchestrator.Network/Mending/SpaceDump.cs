using System.Collections.Immutable;
using System.Net.Sockets;
using Orchestrator.Linux.Netlink;

namespace Orchestrator.Network.Mending;

/// <summary>What one namespace holds, as the kernel lists it.</summary>
internal sealed record SpaceDump(
    ImmutableArray<LinkInfo> Links, ImmutableArray<AddressInfo> Addresses, ImmutableArray<RouteInfo> Routes,
    ImmutableArray<NeighbourInfo> Neighbours)
{
    /// <param name="neighbours">Only an overlay's namespace has any of ours.</param>
    public static SpaceDump Read(RouteSocket route, bool neighbours) => new(
        [.. route.ListLinks()],
        [.. route.ListAddresses(), .. route.ListAddresses(AddressFamily.InterNetworkV6)],
        [.. route.ListRoutes(), .. route.ListRoutes(AddressFamily.InterNetworkV6)],
        neighbours ? [.. route.ListStatic()] : []);
}
