using System.Net;

namespace Orchestrator.Linux.Netlink;

/// <summary>What a rule does with a packet: FR_ACT_ of linux/fib_rules.h.</summary>
public enum RuleAction
{
    Lookup = 1,
    Goto = 2,
    Nop = 3,
    Blackhole = 6,
    Unreachable = 7,
    Prohibit = 8,
}

/// <summary>Which packets are led by which table of routes.</summary>
public sealed record RuleSpec
{
    public bool IsIPv6 { get; init; }

    public RuleAction Action { get; init; } = RuleAction.Lookup;

    /// <summary>Holds for all packets but these.</summary>
    public bool Not { get; init; }

    public IPNetwork? From { get; init; }

    public IPNetwork? To { get; init; }

    /// <summary>Null: of the action, 254.</summary>
    public int? Table { get; init; }

    /// <summary>The lowest is asked first; null: just before the others.</summary>
    public int? Priority { get; init; }

    public uint? Mark { get; init; }

    public uint? Mask { get; init; }

    public string InterfaceIn { get; init; } = "";

    public string InterfaceOut { get; init; } = "";

    public byte Tos { get; init; }

    /// <summary>IP protocol number.</summary>
    public byte? Protocol { get; init; }

    public (ushort First, ushort Last)? SourcePorts { get; init; }

    public (ushort First, ushort Last)? DestinationPorts { get; init; }

    /// <summary>Routes with a prefix as short or shorter do not count.</summary>
    public int? SuppressPrefixLength { get; init; }
}
