using Orchestrator.Linux;
using Orchestrator.Linux.Netlink;
using Orchestrator.Network.Hosting;
using Orchestrator.Network.Mending;

namespace Orchestrator.Network.Pipes;

/// <summary>A queueing discipline or a class that is put, or taken away.</summary>
/// <param name="Kind">With its settings; null: taken away.</param>
internal sealed record TrafficOrder(TrafficPlace Place, TrafficKind? Kind, RoutePut Put, bool IsClass) : Order
{
    public override bool Lasts => Kind is not null;

    /// <summary>What hangs below it goes with it, unless it only gets other settings.</summary>
    public override bool Ends(Order older) => older is TrafficOrder that && that.Place.Link == Place.Link
        && (IsSame(that) || (!KeepsWhatIsBelow && IsBelow(that)));

    private bool KeepsWhatIsBelow => Kind is not null && Put != RoutePut.Add;

    private bool IsSame(TrafficOrder that) => IsClass == that.IsClass
        && (IsClass || Place.Parent == 0 ? Place.Handle == that.Place.Handle : Place.Parent == that.Place.Parent);

    /// <summary>Below a discipline is all that bears its number, below the root all but what arrives.</summary>
    private bool IsBelow(TrafficOrder that) => Place.Parent == TrafficPlace.Root && !IsClass
        ? that.Place.Parent != TrafficPlace.Ingress
        : IsClass ? that.Place.Parent == Place.Handle
        : Place.Handle > 0 && (that.Place.Parent >> 16 == Place.Handle >> 16);

    public override void Execute(RouteSocket route)
    {
        if (Kind is { } kind)
            Make(route, kind, Put);
        else
            Undo(route);
    }

    public override bool Holds(SpaceDump found) => (IsClass ? found.Classes : found.Queues).Any(one =>
        one.Link == Place.Link && one.Kind == Kind?.Kind && (Place.Handle == 0 || one.Handle == Place.Handle)
        && (IsClass || Place.Parent == 0 || one.Parent == Place.Parent));

    public override void Restore(RouteSocket route) =>
        // What takes arriving packets cannot take another's place.
        Make(route, Kind!, Place.Parent == TrafficPlace.Ingress ? RoutePut.Add : RoutePut.Replace);

    public override void Undo(RouteSocket route)
    {
        if (IsClass)
            route.DeleteClass(Place);
        else
            route.DeleteQdisc(Place);
    }

    private void Make(RouteSocket route, TrafficKind kind, RoutePut put)
    {
        try
        {
            if (IsClass)
                route.PutClass(Place, kind, put);
            else
                route.PutQdisc(Place, kind, put);
        }
        catch (NetlinkException e) when (e.Errno is Errno.ENOENT or Errno.ENOTSUP && put != RoutePut.Change)
        {
            // Of an unknown kind; a place that is not there is EINVAL.
            throw KernelFeature.Missing($"traffic control {kind.Kind} (module sch_{kind.Kind})", "tc", e);
        }
    }
}
