using System.Collections.Immutable;
using Orchestrator.Model;

namespace Orchestrator.Network.Policing;

/// <summary>Who may begin to talk to one address of a container, and to which of its ports.</summary>
internal readonly record struct Opening(string Own, string Other, PortsAllowed Ports);

/// <summary>What may come in to one container by the networks that have a policy.</summary>
/// <param name="Links">Its interfaces to those networks, by name.</param>
/// <param name="Allowed">Of IPv4.</param>
/// <param name="Allowed6">Of IPv6.</param>
internal sealed record PolicyModel(
    ImmutableSortedSet<string> Links, ImmutableHashSet<Opening> Allowed, ImmutableHashSet<Opening> Allowed6)
{
    /// <param name="endpoints">The container's.</param>
    /// <param name="overlays">Those it is on, with what the cluster says of them.</param>
    public static PolicyModel For(IReadOnlyCollection<Endpoint> endpoints, IEnumerable<OverlayView> overlays)
    {
        var links = ImmutableSortedSet.CreateBuilder<string>(StringComparer.Ordinal);
        var (allowed, allowed6) = (ImmutableHashSet.CreateBuilder<Opening>(), ImmutableHashSet.CreateBuilder<Opening>());
        foreach (var overlay in overlays)
        {
            if (NetworkPolicy.Of(overlay.Network.Options) is not { } rules)
                continue;
            foreach (var endpoint in endpoints.Where(e => e.NetworkId == overlay.Network.Id))
            {
                links.Add(endpoint.InterfaceName);
                allowed.UnionWith(Openings(endpoint.IPv4.Split('/')[0], overlay, rules, static e => e.Ip));
                if (endpoint.Address6 is { } own)
                    allowed6.UnionWith(Openings(own, overlay, rules, static e => e.Ip6));
            }
        }

        return new PolicyModel(links.ToImmutable(), allowed.ToImmutable(), allowed6.ToImmutable());
    }

    /// <summary>What lets one begin to talk to another.</summary>
    public static IEnumerable<PolicyRule> Between(
        OverlayEndpoint from, OverlayEndpoint to, OverlayView overlay, ImmutableArray<PolicyRule> rules)
    {
        var names = NamesOn(overlay);
        return Inward(from, to, rules.Where(rule => Means(rule.To, to, names)), names);
    }

    public bool Equals(PolicyModel? other) =>
        other is not null && Links.SetEquals(other.Links) && Allowed.SetEquals(other.Allowed)
        && Allowed6.SetEquals(other.Allowed6);

    public override int GetHashCode() => HashCode.Combine(Links.Count, Allowed.Count, Allowed6.Count);

    private static IEnumerable<Opening> Openings(
        string own, OverlayView overlay, ImmutableArray<PolicyRule> rules, Func<OverlayEndpoint, string?> address)
    {
        if (overlay.Endpoints.FirstOrDefault(e => address(e) == own) is not { } self)
            return []; // The cluster does not say who this is: nobody may come in.
        var names = NamesOn(overlay);
        var inward = rules.Where(rule => Means(rule.To, self, names)).ToList();
        return overlay.Endpoints.Where(peer => peer != self && address(peer) is { Length: > 0 }).SelectMany(peer =>
            PortsAllowed.Of(Inward(peer, self, inward, names)).Select(ports => new Opening(own, address(peer)!, ports)));
    }

    private static Dictionary<string, string> NamesOn(OverlayView overlay) =>
        overlay.Services.ToDictionary(s => s.Id, s => s.Name);

    /// <param name="inward">Rules that lead to <paramref name="to"/>.</param>
    private static IEnumerable<PolicyRule> Inward(
        OverlayEndpoint from, OverlayEndpoint to, IEnumerable<PolicyRule> inward, Dictionary<string, string> names) =>
        to.ServiceId.Length > 0 && from.ServiceId == to.ServiceId
            ? [new PolicyRule(PolicyRule.Anyone, PolicyRule.Anyone, "", 0, 65535)] // Tasks of one service.
            : inward.Where(rule => Means(rule.From, from, names));

    /// <summary>A container that is called as a service of the network is called is not meant.</summary>
    private static bool Means(string word, OverlayEndpoint endpoint, Dictionary<string, string> names) =>
        word == PolicyRule.Anyone
        || (endpoint.ServiceId.Length > 0 ? word == names.GetValueOrDefault(endpoint.ServiceId)
            : word == endpoint.Name && !names.ContainsValue(word));
}
