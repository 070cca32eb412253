using System.Collections.Immutable;

namespace Orchestrator.Network.Balancing;

/// <summary>The virtual addresses one container sees, and which backend each of their slots leads to.</summary>
internal sealed record BalancerModel(ImmutableSortedDictionary<string, ImmutableArray<string>> Vips)
{
    /// <summary>Of them, those at which a client stays with one backend.</summary>
    public ImmutableSortedSet<string> Sticky { get; init; } = ImmutableSortedSet<string>.Empty;

    public static BalancerModel Empty { get; } = new(ImmutableSortedDictionary<string, ImmutableArray<string>>.Empty);

    /// <param name="overlays">Those the container is on.</param>
    public static BalancerModel For(string containerId, IEnumerable<OverlayView> overlays)
    {
        var vips = ImmutableSortedDictionary.CreateBuilder<string, ImmutableArray<string>>(StringComparer.Ordinal);
        var sticky = ImmutableSortedSet.CreateBuilder<string>(StringComparer.Ordinal);
        foreach (var overlay in overlays)
        {
            var ready = overlay.Endpoints.Where(e => e.Ready).ToLookup(e => e.ServiceId, e => e.Ip);
            foreach (var service in overlay.Services.Where(s => s is { Mode: EndpointMode.Vip, Vip: not null }))
            {
                vips[service.Vip!] = SlotTable.Fill(ready[service.Id], containerId);
                if (service.IsSticky)
                    sticky.Add(service.Vip!);
            }
        }

        return new BalancerModel(vips.ToImmutable()) { Sticky = sticky.ToImmutable() };
    }
}
