using System.Collections.Immutable;
using System.Net;
using Orchestrator.Linux.Netlink;
using Orchestrator.Network.Bridging;
using Orchestrator.Network.Overlays;
using Orchestrator.Network.Underlays;

namespace Orchestrator.Network;

/// <summary>What overlays stand on: addresses of the nodes, and how large a packet may be between them.</summary>
public sealed partial class NodeNetwork
{
    private UnderlayModel underlay = UnderlayModel.None; // That the host's table speaks of.
    private int? underlayMtu;
    private string lastSizes = "";
    private int looks;

    /// <summary>Passes between two at which the ways to other nodes are looked at.</summary>
    private const int LooksBetween = 5;

    /// <summary>Largest packet that this node can send to every other node of its overlays, as routes have it.</summary>
    /// <param name="vtep">This node's address.</param>
    /// <returns>Null: there is no way to find out.</returns>
    public int? MeasureUnderlayMtu(string vtep) => options.UnderlayMtu
        ?? (IPAddress.TryParse(vtep, out var own) ? UnderlayRoutes.SmallestMtu(host.Route, own, PeerVteps) : null);

    private ImmutableSortedSet<string> PeerNames =>
        [.. cluster.Overlays.SelectMany(o => o.Endpoints).Select(e => e.NodeVtep)
            .Where(v => v.Length > 0 && v != cluster.NodeVtep)];

    private IEnumerable<IPAddress> PeerVteps => PeerNames.Select(IPAddress.Parse);

    /// <summary>Of an overlay: the smallest of what the nodes that have a part in it can send.</summary>
    private int MtuOf(NetworkConfig network)
    {
        if (network.Mtu is { } asked)
            return asked;
        var told = cluster.Overlays.Where(o => o.Network.Id == network.Id).SelectMany(o => o.Endpoints)
            .Select(e => e.UnderlayMtu).Where(mtu => mtu > 0);
        return told.Append(UnderlayMtu).Min() - OverlayFabric.OverheadOf(IPAddress.Parse(cluster.NodeVtep))
            - TunnelOverhead(network.Encryption);
    }

    /// <summary>Of a container's link; null: what it was made with, for only underlays change.</summary>
    private int? MtuOf(Endpoint endpoint) =>
        cluster.Overlays.FirstOrDefault(o => o.Network.Id == endpoint.NetworkId) is { } overlay ? MtuOf(overlay.Network) : null;

    /// <summary>Largest packet that this node can send to the others.</summary>
    private int UnderlayMtu => options.UnderlayMtu ?? underlayMtu ?? options.Mtu;

    /// <summary>Takes note of how the underlay is now; what it changes of our links is mended with the next pass.</summary>
    private void ApplyUnderlay()
    {
        underlayMtu = MeasureUnderlayMtu(cluster.NodeVtep);
        var sizes = string.Join(' ', cluster.Overlays.Select(o => $"{o.Network.Id} {MtuOf(o.Network)}"));
        if (sizes != lastSizes)
            spaces.Values.ToList().ForEach(space => space.LookAgain());
        lastSizes = sizes;
        Admit();
    }

    private UnderlayModel UnderlayWanted => new(
        [.. cluster.Overlays.Select(o => o.Network.Vni!.Value)], [.. PeerVteps], SharedLinks, FindUplink()); // VNIs are checked.

    private int? FindUplink() =>
        IPAddress.TryParse(cluster.NodeVtep, out var own) ? UnderlayRoutes.FindUplink(host.Route, own, SharedLinks) : null;

    private ImmutableSortedSet<string> SharedLinks =>
    [
        .. VlanBridges, .. Outside.Where(n => Parents.HostAccess.AddressOf(n) is not null).Select(Parents.HostAccess.NameOf),
        .. pipes.Values.Where(p => p.Kind.HasHostEnd()).Select(plumber.NameOf).OfType<string>(),
    ];

    /// <summary>Nothing is done when nothing changed.</summary>
    private void Admit()
    {
        var (present, wanted) = (underlay, UnderlayWanted);
        if (!present.HasRulesOf(wanted) || !hostFamilies.SequenceEqual(TabledFamilies))
        {
            ReplaceHostTable();
            return;
        }

        foreach (var family in wanted.Vnis.IsEmpty ? [] : hostFamilies)
            ChangeInHost(
                family.TableNamed(HostTable.Name), HostTable.Change(family, present, wanted), restate: () => ReplaceHostTable(family));
        underlay = wanted;
    }

    /// <summary>Another cluster may have another port. Links of the old one go before the tables speak of the new one: what
    /// they send would be known to none of them.</summary>
    private void FollowDataPathPort(ImmutableArray<OverlayView> all)
    {
        foreach (var overlay in all)
            OverlayFabric.Remove(paths.NamespaceOfOverlay(overlay.Network.Vni!.Value)); // Checked.
        ReplaceHostTable();
    }

    /// <summary>Routes between the hosts are not ours, but how large packets may be follows from them.</summary>
    private void FollowUnderlay(bool thorough)
    {
        if (cluster.Overlays.IsEmpty || (!thorough && ++looks % LooksBetween != 0))
            return;
        if (MeasureUnderlayMtu(cluster.NodeVtep) is { } measured && measured != underlayMtu)
        {
            underlayMtu = measured;
            spaces.Values.ToList().ForEach(space => space.LookAgain());
        }

        if (FindUplink() != underlay.Uplink)
            Try(Admit);
    }
}
