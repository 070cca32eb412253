using System.Net;
using Orchestrator.Linux.Netlink;
using Orchestrator.Model;
using Orchestrator.Network.Returning;

namespace Orchestrator.Network.Mending;

/// <summary>One difference between what is and what should be, and with it the step that ends it.</summary>
/// <param name="Subject">Link, setting or table it is about.</param>
internal abstract record SpaceChange(string Subject)
{
    /// <summary>What is wrong, in words that go on from the place: <c>link veth12345678 is gone</c>.</summary>
    public abstract string Finding { get; }

    /// <summary>The link is not there, or not as it can only be made anew.</summary>
    public sealed record Make(string Subject) : SpaceChange(Subject)
    {
        public override string Finding => $"link {Subject} is gone";
    }

    /// <summary>A link of ours under a name that nothing of ours has.</summary>
    /// <param name="Wanted">What it should be called; null: it is of something that is no more.</param>
    public sealed record Remove(string Subject, string? Wanted) : SpaceChange(Subject)
    {
        public override string Finding => Wanted is null
            ? $"link {Subject} is ours and belongs to nothing" : $"link {Subject} is {Wanted} under another name";
    }

    /// <summary>Somebody else's link bears the name. Nothing is done to it.</summary>
    public sealed record Displaced(string Subject, string Kind) : SpaceChange(Subject)
    {
        public override string Finding =>
            $"link {Subject} is somebody else's ({(Kind.Length > 0 ? Kind : "hardware")}); rename or remove that one";
    }

    public sealed record Mark(string Subject, string Alias) : SpaceChange(Subject)
    {
        public override string Finding => $"link {Subject} has lost its mark";
    }

    /// <summary>A port whose guard knows it as another, or not at all.</summary>
    public sealed record Guard(string Subject) : SpaceChange(Subject)
    {
        public override string Finding => $"link {Subject} is not guarded as it should be";
    }

    public sealed record Enslave(string Subject, string Master) : SpaceChange(Subject)
    {
        public override string Finding => $"link {Subject} is no port of {Master}";
    }

    public sealed record Raise(string Subject) : SpaceChange(Subject)
    {
        public override string Finding => $"link {Subject} is down";
    }

    public sealed record Unlearn(string Subject) : SpaceChange(Subject)
    {
        public override string Finding => $"link {Subject} learns where senders are, which only the cluster is to say";
    }

    public sealed record Resize(string Subject, int Mtu) : SpaceChange(Subject)
    {
        public override string Finding => $"link {Subject} has not the MTU {Mtu}";
    }

    public sealed record SetMac(string Subject, MacAddress Mac) : SpaceChange(Subject)
    {
        public override string Finding => $"link {Subject} has not the hardware address {Mac}";
    }

    public sealed record SetPort(string Subject, BridgePortSettings Settings) : SpaceChange(Subject)
    {
        public override string Finding => $"bridge port {Subject} has other flags";
    }

    public sealed record Limit(string Subject, Bandwidth Bandwidth) : SpaceChange(Subject)
    {
        public override string Finding => $"link {Subject} is not held to its bandwidth";
    }

    public sealed record AddAddress(string Subject, string Address) : SpaceChange(Subject)
    {
        public override string Finding => $"address {Address} of link {Subject} is gone";
    }

    public sealed record AddRoute(string Subject, IPNetwork Destination) : SpaceChange(Subject)
    {
        public override string Finding => $"route to {Destination} by link {Subject} is gone";
    }

    /// <summary>One of those that the kernel made with an address.</summary>
    public sealed record AddOwnRoute(string Subject, RouteSpec Route) : SpaceChange(Subject)
    {
        public override string Finding =>
            $"{Route.Kind.ToString().ToLowerInvariant()} route to {Route.Destination} by link {Subject} is gone";
    }

    public sealed record AddExit(string Subject, IPAddress Gateway) : SpaceChange(Subject)
    {
        public override string Finding => $"default route by {Gateway} is gone";
    }

    /// <summary>A rule of the ingress, or the route it leads to.</summary>
    public sealed record LeadBack(WayBack Way, bool HasRule) : SpaceChange(Way.Link)
    {
        public override string Finding => $"way back to node {Way.Node} by link {Subject} is gone";
    }

    /// <summary>A rule of the ingress that leads to a node that is no more.</summary>
    public sealed record DropWay(string Subject, RuleSpec Rule) : SpaceChange(Subject)
    {
        public override string Finding => $"way back by table {Rule.Table} belongs to nobody";
    }

    /// <summary>What a kept command left behind is not there.</summary>
    public sealed record Redo(KeptCommand Command) : SpaceChange(Command.ToString())
    {
        public override string Finding => $"{Subject} is not in force";
    }

    /// <summary>An entry of a forwarding or neighbour table that is missing, wrong, or of nobody.</summary>
    public sealed record Forward(string Subject, NeighbourChange Change) : SpaceChange(Subject)
    {
        public override string Finding => Change switch
        {
            NeighbourChange.PutRemote c => $"forwarding entry of {c.Mac} to {c.Vtep} is gone",
            NeighbourChange.PutLocal c => $"forwarding entry of {c.Mac} to port {Subject} is gone",
            NeighbourChange.PutAnswer c => $"neighbour entry of {c.Address} is gone",
            NeighbourChange.DropAnswer c => $"neighbour entry of {c.Address} belongs to nobody",
            NeighbourChange.DropTunnel c => $"forwarding entry of {c.Mac} belongs to nobody",
            NeighbourChange.DropPort c => $"forwarding entry of {c.Mac} in the bridge belongs to nobody",
            _ => $"entry of link {Subject}",
        };
    }

    /// <summary>A permanent neighbour entry that leads a container past a task.</summary>
    public sealed record DropFalse(string Subject, int Index, IPAddress Address) : SpaceChange(Subject)
    {
        public override string Finding => $"neighbour entry of {Address} on link {Subject} was set by hand, and is false";
    }

    public sealed record Set(string Subject, string Value) : SpaceChange(Subject)
    {
        public override string Finding => $"setting {Subject.Replace('/', '.')} is not {Value}";
    }

    public sealed record Restore(string Subject) : SpaceChange(Subject)
    {
        public override string Finding => Subject;
    }

    public sealed record Restate(string Subject) : SpaceChange(Subject)
    {
        public override string Finding => $"nft {Subject} was changed or removed";
    }
}
