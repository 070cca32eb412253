using Orchestrator.Linux.Netlink;
using Orchestrator.Network.Mending;

namespace Orchestrator.Network.Pipes;

/// <summary>All routes of a table, taken away.</summary>
internal sealed record RouteFlush(int Table, bool IsIPv6) : Order
{
    public override bool Lasts => false;

    public override bool Ends(Order older) =>
        older is RouteOrder { Spec: var spec } && spec.Table == Table && spec.IsIPv6 == IsIPv6 && spec.Kind != RouteKind.Local;

    public override void Execute(RouteSocket route)
    {
        foreach (var spec in route.ListRoutes(IsIPv6).Where(r => r.Table == Table && r.Kind != RouteKind.Local))
            route.DeleteRoute(spec);
    }

    public override bool Holds(SpaceDump found) => true;

    public override void Restore(RouteSocket route)
    {
    }

    public override void Undo(RouteSocket route)
    {
    }
}
