using System.Collections.Immutable;
using Orchestrator.Linux.Netlink;

namespace Orchestrator.Network.Overlays;

/// <summary>What to change so that a VXLAN link forwards to exactly the endpoints wanted. Pure.</summary>
/// <param name="Additions">To be made before anybody is told of the new endpoints.</param>
/// <param name="Removals">To be made after nobody is led to the old ones any more.</param>
internal sealed record FabricPlan(ImmutableArray<NeighbourChange> Additions, ImmutableArray<NeighbourChange> Removals)
{
    /// <param name="present">All static entries of the link, as the kernel lists them.</param>
    public static FabricPlan Between(
        int vxlan, IReadOnlyCollection<NeighbourInfo> present, IReadOnlyCollection<RemoteEndpoint> wanted)
    {
        var tunnels = present.Where(n => n is { Address: null, OfMaster: false })
            .ToLookup(n => n.Mac, n => n.Destination);
        var ports = present.Where(n => n.OfMaster).Select(n => n.Mac).ToHashSet();
        var answers = present.Where(n => n.Address is not null).ToDictionary(n => n.Address!, n => n.Mac);
        var macs = wanted.Select(w => w.Mac).ToHashSet();
        var addresses = wanted.Select(w => w.Address).ToHashSet();

        var led = new HashSet<(MacAddress, System.Net.IPAddress)>();
        var additions = ImmutableArray.CreateBuilder<NeighbourChange>();
        foreach (var endpoint in wanted)
        {
            // One entry for all addresses of a link.
            if ((!tunnels[endpoint.Mac].Contains(endpoint.Vtep) || !ports.Contains(endpoint.Mac))
                && led.Add((endpoint.Mac, endpoint.Vtep)))
                additions.Add(new NeighbourChange.PutRemote(vxlan, endpoint.Mac, endpoint.Vtep));
            if (!answers.TryGetValue(endpoint.Address, out var mac) || mac != endpoint.Mac)
                additions.Add(new NeighbourChange.PutAnswer(vxlan, endpoint.Address, endpoint.Mac));
        }

        return new FabricPlan(
            additions.ToImmutable(),
            [
                .. answers.Keys.Where(a => !addresses.Contains(a))
                    .Select(a => new NeighbourChange.DropAnswer(vxlan, a)),
                .. tunnels.Where(t => !macs.Contains(t.Key)).Select(t => new NeighbourChange.DropTunnel(vxlan, t.Key)),
                .. ports.Where(p => !macs.Contains(p)).Select(p => new NeighbourChange.DropPort(vxlan, p)),
            ]);
    }
}
