using System.Net;
using System.Net.Sockets;
using System.Text;
using Orchestrator.Linux.Netlink;

namespace Orchestrator.Network.Pipes;

/// <summary><c>ip route</c>, word for word, by one netlink message.</summary>
internal static class RouteWords
{
    private static readonly string[] Kinds =
        [.. Enum.GetNames<RouteKind>().Select(name => name.ToLowerInvariant())];

    private static readonly Dictionary<string, int> Protocols = new()
    {
        ["redirect"] = 1, ["kernel"] = 2, ["boot"] = 3, ["static"] = 4, ["dhcp"] = 16, ["ra"] = 9,
    };

    private static readonly Dictionary<string, int> Scopes = new()
    {
        ["global"] = 0, ["universe"] = 0, ["site"] = 200, ["link"] = 253, ["host"] = 254, ["nowhere"] = 255,
    };

    /// <returns>What a list shows.</returns>
    public static string Run(RouteSocket route, IReadOnlyList<string> words)
    {
        if (Read(words, name => route.FindLink(name)?.Index) is { } order)
        {
            order.Execute(route);
            return "";
        }

        var reader = new WordReader(words);
        var isIPv6 = reader.Take("-6");
        reader.Take("show", "list", "ls");
        return Show(route, reader, isIPv6);
    }

    /// <returns>Null: it only shows.</returns>
    public static Order? Read(IReadOnlyList<string> words, LinkLookup links)
    {
        var reader = new WordReader(words);
        var isIPv6 = reader.Take("-6");
        return (reader.IsAtEnd ? "show" : reader.Next("the command")) switch
        {
            "show" or "list" or "ls" => null,
            "flush" => Flush(reader, isIPv6),
            "del" or "delete" => new RouteOrder(Read(links, reader, isIPv6), null),
            "add" => new RouteOrder(Read(links, reader, isIPv6), RoutePut.Add),
            "replace" => new RouteOrder(Read(links, reader, isIPv6), RoutePut.Replace),
            "change" or "chg" => new RouteOrder(Read(links, reader, isIPv6), RoutePut.Change),
            "append" => new RouteOrder(Read(links, reader, isIPv6), RoutePut.Append),
            var other => throw WordReader.Invalid($"Command \"{other}\" is unknown: use add, replace, change, append, del, flush or show"),
        };
    }

    private static RouteSpec Read(LinkLookup links, WordReader reader, bool isIPv6)
    {
        reader.Take("to");
        var kind = RouteKind.Unicast;
        if (Array.IndexOf(Kinds, reader.Peek) >= 0)
            kind = Enum.Parse<RouteKind>(reader.Next("type"), ignoreCase: true);
        var destination = reader.Prefix("the destination");
        var spec = new RouteSpec { Destination = destination ?? default, Kind = kind };
        while (!reader.IsAtEnd)
            spec = With(spec, links, reader);
        isIPv6 |= spec.Gateway?.GetAddressBytes().Length == 16 || spec.Source?.GetAddressBytes().Length == 16;
        if (destination is { } block && spec.Gateway is { } gateway && block.BaseAddress.AddressFamily != gateway.AddressFamily)
            throw WordReader.Invalid(
                $"{block} is of {NameOf(block.BaseAddress)} and the gateway {gateway} of {NameOf(gateway)}: give both of one family");
        return destination is null
            ? spec with { Destination = new IPNetwork(isIPv6 ? IPAddress.IPv6Any : IPAddress.Any, 0) } : spec;
    }

    private static string NameOf(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6 ? "IPv6" : "IPv4";

    private static RouteSpec With(RouteSpec spec, LinkLookup links, WordReader reader)
    {
        if (reader.Take("via"))
        {
            reader.Take("inet", "inet6");
            return spec with { Gateway = reader.Address("the gateway") };
        }

        if (reader.Take("dev", "oif"))
            return spec with { Link = reader.Link(links) };
        if (reader.Take("src"))
            return spec with { Source = reader.Address("the source") };
        if (reader.Take("table"))
            return spec with { Table = reader.Table() };
        if (reader.Take("metric", "priority", "preference"))
            return spec with { Metric = (int)reader.Number("metric") };
        if (reader.Take("proto", "protocol"))
            return spec with { Protocol = Named(reader, Protocols, "protocol") };
        if (reader.Take("scope"))
            return spec with { Scope = Named(reader, Scopes, "scope") };
        if (reader.Take("onlink"))
            return spec with { OnLink = true };
        if (!reader.Take("mtu"))
            throw reader.Unknown();
        reader.Take("lock");
        return spec with { Mtu = (int)reader.Number("mtu") };
    }

    private static int Named(WordReader reader, Dictionary<string, int> names, string what) =>
        reader.Peek is { } word && names.TryGetValue(word, out var number) && reader.Take(word)
            ? number
            : reader.Peek is { Length: > 0 } other && !char.IsAsciiDigit(other[0])
                ? throw WordReader.Invalid($"invalid {what} \"{other}\": give {string.Join(", ", names.Keys)} or a number")
                : (int)reader.Number(what);

    private static RouteFlush Flush(WordReader reader, bool isIPv6) => reader.Take("table")
        ? new RouteFlush(reader.Table(), isIPv6) : throw WordReader.Invalid("flush wants a table, or it would take all routes away");

    private static string Show(RouteSocket route, WordReader reader, bool isIPv6)
    {
        int? table = RouteSpec.MainTable;
        if (reader.Take("table"))
            table = reader.Take("all") ? null : reader.Table();
        if (!reader.IsAtEnd)
            throw reader.Unknown();
        var names = route.ListLinks().ToDictionary(l => l.Index, l => l.Name);
        var text = new StringBuilder();
        foreach (var spec in route.ListRoutes(isIPv6).Where(r => table is null || r.Table == table))
            text.Append(Line(spec, names, table is null)).Append('\n');
        return text.ToString();
    }

    private static string Line(RouteSpec spec, Dictionary<int, string> names, bool withTable)
    {
        var words = new List<string>();
        if (spec.Kind != RouteKind.Unicast)
            words.Add(spec.Kind.ToString().ToLowerInvariant());
        var whole = spec.IsIPv6 ? 128 : 32;
        words.Add(spec.Destination.PrefixLength == 0 ? "default"
            : spec.Destination.PrefixLength == whole ? spec.Destination.BaseAddress.ToString()
            : spec.Destination.ToString());
        Add("via", spec.Gateway?.ToString());
        Add("dev", names.GetValueOrDefault(spec.Link));
        Add("table", withTable && spec.Table != RouteSpec.MainTable ? NameOfTable(spec.Table) : null);
        Add("proto", Protocols.FirstOrDefault(p => p.Value == spec.Protocol).Key ?? $"{spec.Protocol}");
        Add("scope", spec.IsIPv6 || spec.Scope is null or 0 ? null : Scopes.FirstOrDefault(s => s.Value == spec.Scope).Key);
        Add("src", spec.Source?.ToString());
        Add("metric", spec.Metric == 0 ? null : $"{spec.Metric}");
        Add("mtu", spec.Mtu == 0 ? null : $"{spec.Mtu}");
        if (spec.OnLink)
            words.Add("onlink");
        return string.Join(' ', words);

        void Add(string word, string? value)
        {
            if (value is not null)
                words.AddRange([word, value]);
        }
    }

    internal static string NameOfTable(int table) => table switch
    {
        RouteSpec.MainTable => "main",
        255 => "local",
        253 => "default",
        _ => $"{table}",
    };
}
