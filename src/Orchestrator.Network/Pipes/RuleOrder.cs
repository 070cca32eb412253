using Orchestrator.Linux;
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
        if (Adds && Spec.Priority is null && route.ListRules(Spec.IsIPv6).Any(IsSame))
            throw new NetlinkException("add rule", Errno.EEXIST, null);
        if (Adds)
            route.AddRule(Spec);
        else
            route.DeleteRule(Spec);
    }

    public override bool Holds(SpaceDump found) => found.AllRules.Any(rule => Fits(Spec, rule));

    public override void Restore(RouteSocket route) => route.AddRule(Spec);

    public override void Undo(RouteSocket route) => route.DeleteRule(Spec);

    /// <summary>Does it say the same at whatever place? The kernel looks for its like only at the place asked for, and where none
    /// is asked for it takes a new one.</summary>
    private bool IsSame(RuleSpec rule) => rule == Spec with
    {
        Priority = rule.Priority,
        From = Spec.From is { PrefixLength: > 0 } ? Spec.From : null,
        To = Spec.To is { PrefixLength: > 0 } ? Spec.To : null,
        Table = Spec.Table ?? (Spec.Action == RuleAction.Lookup ? RouteSpec.MainTable : 0),
        Mark = Spec.Mark is 0 ? null : Spec.Mark,
        Mask = Spec.Mask ?? (Spec.Mark is null or 0 ? null : uint.MaxValue),
        Protocol = Spec.Protocol is 0 ? null : Spec.Protocol,
    };

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
