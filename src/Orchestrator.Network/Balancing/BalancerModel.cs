using System.Collections.Immutable;
using Orchestrator.Network.Hosting;

namespace Orchestrator.Network.Balancing;

/// <summary>The virtual addresses one container sees, and which backend each of their slots leads to.</summary>
internal sealed record BalancerModel(ImmutableSortedDictionary<string, ImmutableArray<string>> Vips)
{
    /// <summary>Of them, those at which a client stays with one backend.</summary>
    public ImmutableSortedSet<string> Sticky { get; init; } = ImmutableSortedSet<string>.Empty;

    public static BalancerModel Empty { get; } = new(ImmutableSortedDictionary<string, ImmutableArray<string>>.Empty);

    /// <summary>Those of one family.</summary>
    public BalancerModel Of(IpFamily family) => new(Vips.RemoveRange(Vips.Keys.Where(vip => IpFamily.Of(vip) != family)))
    {
        Sticky = Sticky.Except(Sticky.Where(vip => IpFamily.Of(vip) != family)),
    };

    /// <param name="overlays">Those the container is on.</param>
    public static BalancerModel For(string containerId, IEnumerable<OverlayView> overlays) =>
        For(containerId, overlays.SelectMany(BalancedService.Of));

    /// <param name="services">Of the networks that the container is on.</param>
    public static BalancerModel For(string containerId, IEnumerable<BalancedService> services)
    {
        var vips = ImmutableSortedDictionary.CreateBuilder<string, ImmutableArray<string>>(StringComparer.Ordinal);
        var sticky = ImmutableSortedSet.CreateBuilder<string>(StringComparer.Ordinal);
        foreach (var service in services)
        {
            foreach (var vip in service.Vips)
            {
                vips[vip] = SlotTable.Fill(service.Backends.Where(a => IpFamily.Of(a) == IpFamily.Of(vip)), containerId);
                if (service.IsSticky)
                    sticky.Add(vip);
            }
        }

        return new BalancerModel(vips.ToImmutable()) { Sticky = sticky.ToImmutable() };
    }
}
