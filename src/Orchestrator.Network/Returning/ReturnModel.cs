using System.Collections.Immutable;
using System.Net;
using Orchestrator.Network.Hosting;
using Orchestrator.Network.Mending;

namespace Orchestrator.Network.Returning;

/// <summary>What a container on the ingress overlay needs so that clients see its answers.</summary>
/// <param name="Link">Its link into the overlay.</param>
/// <param name="Families">Those that the overlay has.</param>
internal sealed record ReturnModel(string Link, ImmutableArray<ReturnFamily> Families)
{
    public IEnumerable<WayBack> Ways => Families.SelectMany(family => family.Ways(Link));

    /// <summary>
    /// A client's packets come by a link that does not lead to the client, which a strict check would drop; and a
    /// connection that was accepted keeps the mark of its first packet, so that its answers need no second look.
    /// </summary>
    public ImmutableArray<WantedSetting> Settings =>
        [new WantedSetting($"ipv4/conf/{Link}/rp_filter", "2"), new WantedSetting("ipv4/tcp_fwmark_accept", "1")];

    public bool Equals(ReturnModel? other) => other is not null && Link == other.Link && Families.SequenceEqual(other.Families);

    public override int GetHashCode() => HashCode.Combine(Link, Families.Length);
}

/// <param name="Subnets">The overlay's, more than one once it has grown.</param>
/// <param name="Exit">The address that the container sends from by its default route; null: it has none.</param>
/// <param name="Nodes">Addresses of all nodes in the overlay.</param>
internal sealed record ReturnFamily(
    IpFamily Family, ImmutableArray<string> Subnets, string? Exit, ImmutableArray<IPAddress> Nodes)
{
    public bool DiffersInNodesAlone(ReturnFamily from) =>
        Family == from.Family && Exit == from.Exit && Subnets.SequenceEqual(from.Subnets);

    public IEnumerable<WayBack> Ways(string link) => Nodes.Select(node => new WayBack(link, node));

    public bool Equals(ReturnFamily? other) =>
        other is not null && DiffersInNodesAlone(other) && Nodes.SequenceEqual(other.Nodes);

    public override int GetHashCode() => HashCode.Combine(Family, Exit, Nodes.Length);
}
