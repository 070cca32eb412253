using System.Collections.Immutable;
using Orchestrator.Linux.Netlink;
using Orchestrator.Network.Hosting;
using Orchestrator.Network.Shaping;

namespace Orchestrator.Network.Mending;

/// <summary>Tells which links of a namespace are ours and should not be there. Pure.</summary>
/// <remarks>
/// Somebody renamed one, or what it was for is no more. It keeps what the link that is wanted needs: an address, a
/// route, a VXLAN identifier, a port. One of hardware is never one of these: it is ours for as long as a pipe has it.
/// </remarks>
/// <param name="Names">All names that links of ours may have, whether or not they are wanted at this moment.</param>
internal sealed record OwnLinks(ImmutableHashSet<string> Names)
{
    private static readonly ImmutableHashSet<string> Kinds = ["veth", "bridge", "ifb", "vxlan", "wireguard", "macvlan"];

    /// <summary>The namespace is ours, and so is every link that somebody could have made there; else the mark tells.</summary>
    public bool HasAll { get; init; }

    /// <summary>Marks of links that others have to decide about.</summary>
    public ImmutableHashSet<string> Spared { get; init; } = [];

    /// <summary>With the links that hold a port's traffic to its limits.</summary>
    public static OwnLinks Named(IEnumerable<string> names)
    {
        var ports = names.ToImmutableHashSet();
        return new OwnLinks(ports.Union(ports.Where(port => port.Length > 8).Select(LinkShaper.Detour)));
    }

    public bool IsStray(LinkInfo link) => Kinds.Contains(link.Kind) && !Names.Contains(link.Name)
        && (HasAll || (LinkNames.IsOurs(link) && !Spared.Contains(link.Alias)));
}
