using System.Collections.Immutable;
using Orchestrator.Network.Parents;

namespace Orchestrator.Network;

/// <summary>Networks of the world outside that are the cluster's: the same segment on each node. They stand among this
/// node's own networks, but for their record, which is the view's, and their addresses, which the managers give.</summary>
public sealed partial class NodeNetwork
{
    private IEnumerable<OverlayView> ClusterNetworks => cluster.Overlays.Concat(cluster.Segments);

    /// <summary>What the last view says, before anybody looks at a network.</summary>
    private void LoadSegments() =>
        networks = networks.SetItems(cluster.Segments.Select(s => KeyValuePair.Create(s.Network.Id, Localized(s.Network))));

    private async Task ApplySegmentsAsync(ImmutableArray<string>.Builder faults, CancellationToken cancellationToken)
    {
        var wanted = cluster.Segments.Select(s => s.Network.Id).ToHashSet();
        foreach (var gone in networks.Values.Where(n => n.IsOfCluster && !wanted.Contains(n.Id)).ToList())
        {
            networks = networks.Remove(gone.Id);
            Attempt(faults, gone.Name, () => RemoveOutside(gone));
            await names.DropTableAsync(gone.Id, cancellationToken);
        }

        LoadSegments();
        Attempt(faults, "underlay", Admit);
        foreach (var id in wanted)
            Attempt(faults, networks[id].Name, () => EnsureSegment(networks[id]));
    }

    private void EnsureSegment(NetworkConfig network)
    {
        ParentOptions.Check(network, Outside.Where(other => other.Id != network.Id));
        HostAccess.Check(network);
        parents.Ensure(network);
    }

    /// <summary>With this node's own options, where it has a configuration for the network.</summary>
    private NetworkConfig Localized(NetworkConfig network) => network.ConfigFrom.Length > 0
        && ConfigurationOf(network) is { } own ? network with { Options = own.Options } : network;
}
