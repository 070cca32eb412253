using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Orchestrator.Linux.Netlink;

namespace Orchestrator.Network.Pipes;

/// <summary><c>ip rule</c>, word for word, by one netlink message.</summary>
internal static class RuleWords
{
    /// <returns>What a list shows.</returns>
    public static string Run(RouteSocket route, IReadOnlyList<string> words)
    {
        if (Read(words) is not { } order)
            return Show(route, new WordReader(words).Take("-6"));
        order.Execute(route);
        return "";
    }

    /// <returns>Null: it only shows.</returns>
    public static Order? Read(IReadOnlyList<string> words)
    {
        var reader = new WordReader(words);
        var isIPv6 = reader.Take("-6");
        return (reader.IsAtEnd ? "show" : reader.Next("the command")) switch
        {
            "show" or "list" or "ls" => null,
            "add" => new RuleOrder(Read(reader, isIPv6), Adds: true),
            "del" or "delete" => new RuleOrder(Read(reader, isIPv6), Adds: false),
            "flush" => new RuleFlush(isIPv6),
            var other => throw WordReader.Invalid($"Command \"{other}\" is unknown: use add, del, flush or show"),
        };
    }

    private static RuleSpec Read(WordReader reader, bool isIPv6)
    {
        var rule = new RuleSpec { IsIPv6 = isIPv6 };
        if (reader.IsAtEnd)
            throw WordReader.Invalid("a rule needs something to hold for");
        while (!reader.IsAtEnd)
            rule = With(rule, reader);
        var six = rule.From?.BaseAddress.AddressFamily == AddressFamily.InterNetworkV6
            || rule.To?.BaseAddress.AddressFamily == AddressFamily.InterNetworkV6;
        return rule with { IsIPv6 = isIPv6 || six };
    }

    private static RuleSpec With(RuleSpec rule, WordReader reader)
    {
        if (reader.Take("not"))
            return rule with { Not = true };
        if (reader.Take("from"))
            return rule with { From = reader.Prefix("from") };
        if (reader.Take("to"))
            return rule with { To = reader.Prefix("to") };
        if (reader.Take("table", "lookup"))
            return rule with { Table = reader.Table() };
        if (reader.Take("pref", "preference", "priority", "order"))
            return rule with { Priority = (int)reader.Number("preference") };
        if (reader.Take("iif", "dev"))
            return rule with { InterfaceIn = reader.Next("iif") };
        if (reader.Take("oif"))
            return rule with { InterfaceOut = reader.Next("oif") };
        if (reader.Take("tos", "dsfield"))
            return rule with { Tos = (byte)reader.Number("tos") };
        if (reader.Take("fwmark"))
            return WithMark(rule, reader);
        if (reader.Take("suppress_prefixlength", "sup_pl"))
            return rule with { SuppressPrefixLength = (int)reader.Number("suppress_prefixlength") };
        if (reader.Take("ipproto"))
            return rule with { Protocol = Protocol(reader) };
        if (reader.Take("sport"))
            return rule with { SourcePorts = Ports(reader, "sport") };
        if (reader.Take("dport"))
            return rule with { DestinationPorts = Ports(reader, "dport") };
        foreach (var action in (string[])["blackhole", "unreachable", "prohibit", "nop"])
        {
            if (reader.Take(action))
                return rule with { Action = Enum.Parse<RuleAction>(action, ignoreCase: true) };
        }

        throw reader.Unknown();
    }

    private static RuleSpec WithMark(RuleSpec rule, WordReader reader)
    {
        var parts = reader.Next("fwmark").Split('/');
        return rule with
        {
            Mark = new WordReader(parts[..1]).Number("fwmark"),
            Mask = parts.Length > 1 ? new WordReader(parts[1..]).Number("mask") : null,
        };
    }

    private static byte Protocol(WordReader reader) => reader.Peek switch
    {
        "tcp" when reader.Take("tcp") => 6,
        "udp" when reader.Take("udp") => 17,
        "icmp" when reader.Take("icmp") => 1,
        _ => (byte)reader.Number("ipproto"),
    };

    private static (ushort, ushort) Ports(WordReader reader, string what)
    {
        var text = reader.Next(what);
        var parts = text.Split('-');
        return ushort.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var first)
            && ushort.TryParse(parts[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var last) && parts.Length <= 2
            ? (first, last) : throw WordReader.Invalid($"invalid {what} \"{text}\": write it as 80 or 80-90");
    }

    private static string Show(RouteSocket route, bool isIPv6)
    {
        var text = new StringBuilder();
        foreach (var rule in route.ListRules(isIPv6))
            text.Append(Line(rule)).Append('\n');
        return text.ToString();
    }

    private static string Line(RuleSpec rule)
    {
        var line = new StringBuilder($"{rule.Priority}:\t{(rule.Not ? "not " : "")}from {rule.From?.ToString() ?? "all"}");
        Add("to", rule.To?.ToString());
        Add("tos", rule.Tos == 0 ? null : $"0x{rule.Tos:x2}");
        Add("fwmark", rule.Mark is { } mark ? $"0x{mark:x}{(rule.Mask is { } m and not uint.MaxValue ? $"/0x{m:x}" : "")}" : null);
        Add("iif", rule.InterfaceIn.Length > 0 ? rule.InterfaceIn : null);
        Add("oif", rule.InterfaceOut.Length > 0 ? rule.InterfaceOut : null);
        Add("ipproto", rule.Protocol?.ToString(CultureInfo.InvariantCulture));
        Add("sport", Range(rule.SourcePorts));
        Add("dport", Range(rule.DestinationPorts));
        if (rule.Action == RuleAction.Lookup)
            Add("lookup", RouteWords.NameOfTable(rule.Table ?? 0));
        else
            line.Append(' ').Append(rule.Action.ToString().ToLowerInvariant());
        Add("suppress_prefixlength", rule.SuppressPrefixLength?.ToString(CultureInfo.InvariantCulture));
        return line.ToString();

        void Add(string word, string? value)
        {
            if (value is not null)
                line.Append(' ').Append(word).Append(' ').Append(value);
        }
    }

    private static string? Range((ushort First, ushort Last)? ports) => ports is not { } range ? null
        : range.First == range.Last ? $"{range.First}" : $"{range.First}-{range.Last}";
}
