using Orchestrator.Linux.Netlink;
using Orchestrator.Model;
using Orchestrator.Network.Hosting;
using Orchestrator.Network.Mending;

namespace Orchestrator.Network.Shaping;

/// <summary>Holds a container's traffic to its limits, at the host's end of its link, where it cannot reach.</summary>
/// <remarks>
/// <code>
///   to the container      token bucket on the host's end
///   from the container    host's end ── all that arrives ──► ifb, token bucket ──► on its way as if just arrived
/// </code>
/// A queue holds only what leaves a link; the ifb link is one that what arrives can leave by.
/// </remarks>
internal static class LinkShaper
{
    /// <summary>Tells our queues from others.</summary>
    private const uint Handle = 0x0b0d0000;

    /// <summary>Name of the link through whose queue goes what arrives.</summary>
    public static string Detour(string port) => $"ifb{port[^8..]}";

    /// <summary>Nothing is changed where all is as it should be already.</summary>
    /// <exception cref="NetworkException">The kernel has no such queues.</exception>
    public static void Ensure(RouteSocket route, LinkInfo port, Bandwidth limit)
    {
        var found = Find(
            port, [.. route.ListLinks()], [.. route.ListQdiscs()], index => route.RedirectOf(index));
        KernelFeature.Need("token buckets (modules sch_tbf, ifb, cls_u32, act_mirred)", "a bandwidth limit", () =>
        {
            if (found.In != limit.In)
                SetQueue(route, port.Index, limit.In);
            if (found.Out != limit.Out)
                SetDetour(route, port, limit.Out);
        });
    }

    /// <summary>What is held to on a port.</summary>
    /// <param name="redirect">Where what arrives by a link is led to.</param>
    public static Bandwidth Find(
        LinkInfo port, IEnumerable<LinkInfo> links, IReadOnlyCollection<TrafficInfo> queues, Func<int, int?> redirect)
    {
        var detour = links.FirstOrDefault(l => l.Name == Detour(port.Name));
        var isLed = queues.Any(q => q.Link == port.Index && q.Parent == TrafficPlace.Ingress);
        return new Bandwidth(
            RateOf(port.Index, queues),
            // Half of a detour counts as another limit, so that the whole is made anew.
            (detour, isLed) switch
            {
                (null, false) => 0,
                ({ IsUp: true }, true) when redirect(port.Index) == detour.Index => RateOf(detour.Index, queues),
                _ => ulong.MaxValue,
            });
    }

    /// <summary>The link that goes with a port; its queue goes by itself.</summary>
    public static void Remove(RouteSocket route, string port) => route.DeleteLink(Detour(port));

    private static ulong RateOf(int link, IEnumerable<TrafficInfo> queues) =>
        queues.FirstOrDefault(q => q.Link == link && q is { Kind: "tbf", Handle: Handle })?.Rate ?? 0;

    private static void SetQueue(RouteSocket route, int link, ulong rate)
    {
        var place = new TrafficPlace(link, TrafficPlace.Root, Handle);
        if (rate == 0)
        {
            route.DeleteQueue(place);
            return;
        }

        // Ten milliseconds' worth at once, ten whole packets at least; what would wait longer than a tenth of a second
        // is dropped, which is how a sender learns of a limit.
        var burst = (uint)Math.Clamp(rate / 100, 16_000, 8 << 20);
        var waiting = (uint)Math.Clamp(rate / 10, 16_000, 64 << 20);
        route.PutQdisc(place, new TrafficKind.Tbf(rate, burst, burst + waiting), RoutePut.Replace);
    }

    private static void SetDetour(RouteSocket route, LinkInfo port, ulong rate)
    {
        if (rate == 0)
        {
            route.StopRedirect(port.Index);
            Remove(route, port.Name);
            return;
        }

        var detour = route.EnsureIfb(Detour(port.Name), LinkNames.Mark + port.Name);
        SetQueue(route, detour.Index, rate);
        route.Redirect(port.Index, detour.Index);
    }
}
