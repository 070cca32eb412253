using System.Collections.Immutable;
using Orchestrator.Store.Tables;

namespace Orchestrator.Manager.Dispatching;

/// <summary>The views of all networks as of one state. Immutable.</summary>
internal sealed record ClusterNetworks(StoreRoot Root, ImmutableSortedDictionary<string, NetworkView> Views)
{
    public static ClusterNetworks Empty { get; } = new(
        StoreRoot.Empty, ImmutableSortedDictionary.Create<string, NetworkView>(StringComparer.Ordinal));

    /// <summary>The views as of <paramref name="root"/>; those nothing has touched stay the same objects.</summary>
    public ClusterNetworks Advance(StoreRoot root)
    {
        var views = ImmutableSortedDictionary.CreateBuilder<string, NetworkView>(StringComparer.Ordinal);
        foreach (var network in root.Networks.All.Where(n => n.Allocation is not null))
            views.Add(network.Id.Value, ViewOf(root, network.Id.Value));
        return new(root, views.ToImmutable());
    }

    private NetworkView ViewOf(StoreRoot root, string id)
    {
        var previous = Views.GetValueOrDefault(id);
        var next = NetworkViewBuilder.Build(root, root.Networks.Get(id)!, previous);
        var same = previous is not null && ReferenceEquals(previous.Network, next.Network)
            && SameObjects(previous.Endpoints, next.Endpoints) && SameObjects(previous.Services, next.Services);
        return same ? previous! : next;
    }

    private static bool SameObjects<T>(
        ImmutableSortedDictionary<string, T> one, ImmutableSortedDictionary<string, T> other)
        where T : class =>
        one.Count == other.Count && one.Values.Zip(other.Values).All(pair => ReferenceEquals(pair.First, pair.Second));
}
