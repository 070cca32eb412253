using Orchestrator.Linux.Netlink;
using Orchestrator.Network.Mending;

namespace Orchestrator.Network.Pipes;

/// <summary>All rules of a family but the first, taken away.</summary>
internal sealed record RuleFlush(bool IsIPv6) : Order
{
    public override bool Lasts => false;

    public override bool Ends(Order older) => older is RuleOrder { Spec: var spec } && spec.IsIPv6 == IsIPv6;

    public override void Execute(RouteSocket route)
    {
        foreach (var rule in route.ListRules(IsIPv6).Where(r => r.Priority > 0))
            route.DeleteRule(rule);
    }

    public override bool Holds(SpaceDump found) => true;

    public override void Restore(RouteSocket route)
    {
    }

    public override void Undo(RouteSocket route)
    {
    }
}
