using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;

namespace Orchestrator.Linux.Netlink;

/// <summary>Rules of policy routing. Source: linux/fib_rules.h, whose struct fib_rule_hdr has the places of
/// rtmsg.</summary>
public sealed partial class RouteSocket
{
    private const ushort RTM_NEWRULE = 32, RTM_DELRULE = 33, RTM_GETRULE = 34;
    private const int FRA_DST = 1, FRA_SRC = 2, FRA_IIFNAME = 3, FRA_PRIORITY = 6, FRA_FWMARK = 10;
    private const int FRA_SUPPRESS_PREFIXLEN = 14, FRA_TABLE = 15, FRA_FWMASK = 16, FRA_OIFNAME = 17;
    private const int FRA_IP_PROTO = 22, FRA_SPORT_RANGE = 23, FRA_DPORT_RANGE = 24;
    private const uint FIB_RULE_INVERT = 2;

    /// <exception cref="NetlinkException">EEXIST: there is one like it.</exception>
    public void AddRule(RuleSpec rule) => netlink.Execute(Message(RTM_NEWRULE, Create, "add rule", rule,
        rule.Action == RuleAction.Lookup ? rule.Table ?? RouteSpec.MainTable : rule.Table ?? 0));

    /// <summary>Removes the first rule that has what is given.</summary>
    /// <exception cref="NetlinkException">ENOENT: there is none.</exception>
    public void DeleteRule(RuleSpec rule) =>
        netlink.Execute(Message(RTM_DELRULE, NetlinkFlags.None, "delete rule", rule, rule.Table ?? 0));

    public List<RuleSpec> ListRules(bool isIPv6) =>
        [.. netlink.Dump(new NetlinkMessage(RTM_GETRULE, NetlinkFlags.None, "list rules")
                .Struct(new RtMsg { Family = isIPv6 ? AF_INET6 : AF_INET }))
            .Select(ParseRule)];

    private static NetlinkMessage Message(
        ushort type, NetlinkFlags flags, string operation, RuleSpec rule, int table)
    {
        var message = new NetlinkMessage(type, flags, operation).Struct(new RtMsg
        {
            Family = rule.IsIPv6 ? AF_INET6 : AF_INET,
            DestinationLength = (byte)(rule.To?.PrefixLength ?? 0),
            SourceLength = (byte)(rule.From?.PrefixLength ?? 0),
            Tos = rule.Tos,
            Table = table < 256 ? (byte)table : (byte)0,
            Type = (byte)rule.Action,
            Flags = rule.Not ? FIB_RULE_INVERT : 0,
        });
        if (rule.To is { PrefixLength: > 0 } to)
            message.Add(FRA_DST, to.BaseAddress);
        if (rule.From is { PrefixLength: > 0 } from)
            message.Add(FRA_SRC, from.BaseAddress);
        if (rule.InterfaceIn.Length > 0)
            message.Add(FRA_IIFNAME, rule.InterfaceIn);
        if (rule.InterfaceOut.Length > 0)
            message.Add(FRA_OIFNAME, rule.InterfaceOut);
        if (rule.Protocol is { } protocol)
            message.Add(FRA_IP_PROTO, protocol);
        AddPorts(message, FRA_SPORT_RANGE, rule.SourcePorts);
        AddPorts(message, FRA_DPORT_RANGE, rule.DestinationPorts);
        return message.AddUnless(table < 256, FRA_TABLE, table)
            .AddUnless(rule.Priority is null, FRA_PRIORITY, rule.Priority ?? 0)
            .AddUnless(rule.Mark is null, FRA_FWMARK, (int)(rule.Mark ?? 0))
            .AddUnless(rule.Mask is null, FRA_FWMASK, (int)(rule.Mask ?? 0))
            .AddUnless(rule.SuppressPrefixLength is null, FRA_SUPPRESS_PREFIXLEN, rule.SuppressPrefixLength ?? 0);
    }

    private static void AddPorts(NetlinkMessage message, int type, (ushort First, ushort Last)? ports)
    {
        if (ports is not { } range)
            return;
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, range.First);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[2..], range.Last);
        message.Add(type, bytes);
    }

    private static RuleSpec ParseRule(byte[] payload)
    {
        var header = MemoryMarshal.Read<RtMsg>(payload);
        var attributes = new NetlinkAttributes(payload.AsSpan(Marshal.SizeOf<RtMsg>()));
        var suppressed = attributes.Int32(FRA_SUPPRESS_PREFIXLEN);
        var mark = (uint?)attributes.Int32(FRA_FWMARK);
        return new RuleSpec
        {
            IsIPv6 = header.Family == AF_INET6,
            Action = (RuleAction)header.Type,
            Not = (header.Flags & FIB_RULE_INVERT) != 0,
            From = attributes.Address(FRA_SRC) is { } from ? new IPNetwork(from, header.SourceLength) : null,
            To = attributes.Address(FRA_DST) is { } to ? new IPNetwork(to, header.DestinationLength) : null,
            Table = attributes.Int32(FRA_TABLE) ?? header.Table,
            Priority = attributes.Int32(FRA_PRIORITY) ?? 0,
            Mark = mark is 0 ? null : mark,
            Mask = (uint?)attributes.Int32(FRA_FWMASK),
            InterfaceIn = attributes.Text(FRA_IIFNAME) ?? "",
            InterfaceOut = attributes.Text(FRA_OIFNAME) ?? "",
            Tos = header.Tos,
            Protocol = attributes.Byte(FRA_IP_PROTO),
            SourcePorts = Ports(attributes[FRA_SPORT_RANGE]),
            DestinationPorts = Ports(attributes[FRA_DPORT_RANGE]),
            SuppressPrefixLength = suppressed is null or -1 ? null : suppressed,
        };
    }

    private static (ushort, ushort)? Ports(ReadOnlySpan<byte> range) => range.Length < 4 ? null
        : (BinaryPrimitives.ReadUInt16LittleEndian(range), BinaryPrimitives.ReadUInt16LittleEndian(range[2..]));
}
