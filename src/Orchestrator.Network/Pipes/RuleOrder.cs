using Orchestrator.Linux.Netlink;
using Orchestrator.Network.Mending;

namespace Orchestrator.Network.Pipes;

/// <summary>A rule of routing that is added, or taken away.</summary>
internal sealed record RuleOrder(RuleSpec Spec, bool Adds) : Order
{
    public override bool Lasts => Adds;

    public override bool EndsOne => true;

    public override bool Ends(Order older) =>
        older is RuleOrder { Spec: var that } && (Adds ? that == Spec : Fits(Spec, that));

    public override void Execute(RouteSocket route)
    {
        if (Adds)
            route.AddRule(Spec);
        else
            route.DeleteRule(Spec);
    }

    public override bool Holds(SpaceDump found) => found.AllRules.Any(rule => Fits(Spec, rule));

    public override void Restore(RouteSocket route) => route.AddRule(Spec);

    public override void Undo(RouteSocket route) => route.DeleteRule(Spec);

    /// <summary>Has a rule all that is given?</summary>
    private static bool Fits(RuleSpec given, RuleSpec rule) =>
        given.IsIPv6 == rule.IsIPv6 && given.Action == rule.Action && given.Not == rule.Not
        && (given.From is not { PrefixLength: > 0 } from || from.Equals(rule.From))
        && (given.To is not { PrefixLength: > 0 } to || to.Equals(rule.To))
        && (given.Table is null || given.Table == (rule.Table ?? RouteSpec.MainTable))
        && (given.Priority is null || given.Priority == rule.Priority)
        && (given.Mark is null or 0 || given.Mark == rule.Mark)
        && (given.Mask is null || given.Mask == rule.Mask)
        && (given.InterfaceIn.Length == 0 || given.InterfaceIn == rule.InterfaceIn)
        && (given.InterfaceOut.Length == 0 || given.InterfaceOut == rule.InterfaceOut)
        && (given.Tos == 0 || given.Tos == rule.Tos)
        && (given.Protocol is null || given.Protocol == rule.Protocol)
        && (given.SourcePorts is null || given.SourcePorts == rule.SourcePorts)
        && (given.DestinationPorts is null || given.DestinationPorts == rule.DestinationPorts)
        && (given.SuppressPrefixLength is null || given.SuppressPrefixLength == rule.SuppressPrefixLength);
}
