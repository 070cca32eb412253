using System.Collections.Immutable;

namespace Orchestrator.Network.Balancing;

/// <summary>The virtual addresses of a service on one network, and who answers there now.</summary>
/// <param name="Backends">Of both families.</param>
internal sealed record BalancedService(ImmutableArray<string> Vips, bool IsSticky, ImmutableArray<string> Backends)
{
    /// <summary>Those that have a virtual address.</summary>
    public static IEnumerable<BalancedService> Of(OverlayView overlay)
    {
        var ready = overlay.Endpoints.Where(e => e.Ready).ToLookup(e => e.ServiceId);
        return overlay.Services
            .Select(s => new BalancedService([.. s.Vips], s.IsSticky, [.. ready[s.Id].SelectMany(e => e.Addresses)]))
            .Where(s => !s.Vips.IsEmpty);
    }

    public bool Equals(BalancedService? other) =>
        other is not null && IsSticky == other.IsSticky && Vips.SequenceEqual(other.Vips)
        && Backends.SequenceEqual(other.Backends);

    public override int GetHashCode() => HashCode.Combine(IsSticky, Vips.Length, Backends.Length);
}
