using System.Globalization;
using System.Text;
using Orchestrator.Linux.Netlink;

namespace Orchestrator.Network.Pipes;

/// <summary><c>tc qdisc</c> and <c>tc class</c>, word for word, by one netlink message.</summary>
internal static class TrafficWords
{
    /// <returns>What a list shows.</returns>
    public static string Run(RouteSocket route, IReadOnlyList<string> words)
    {
        LinkLookup links = name => route.FindLink(name)?.Index;
        if (Read(words, links) is { } order)
        {
            order.Execute(route);
            return "";
        }

        var reader = new WordReader(words);
        var isClass = reader.Next("qdisc or class") == "class";
        reader.Take("show", "list", "ls");
        return Show(route, reader, isClass, links);
    }

    /// <returns>Null: it only shows.</returns>
    public static Order? Read(IReadOnlyList<string> words, LinkLookup links)
    {
        var reader = new WordReader(words);
        var isClass = reader.Next("qdisc or class") switch
        {
            "qdisc" => false,
            "class" => true,
            var other => throw WordReader.Invalid($"Object \"{other}\" is unknown: use qdisc or class"),
        };
        return (reader.IsAtEnd ? "show" : reader.Next("the command")) switch
        {
            "show" or "list" or "ls" => null,
            "add" => Put(reader, links, isClass, RoutePut.Add),
            "replace" => Put(reader, links, isClass, RoutePut.Replace),
            "change" => Put(reader, links, isClass, RoutePut.Change),
            "del" or "delete" => new TrafficOrder(Place(links, reader), null, RoutePut.Replace, isClass),
            var other => throw WordReader.Invalid($"Command \"{other}\" is unknown: use add, change, replace, del or show"),
        };
    }

    private static TrafficOrder Put(WordReader reader, LinkLookup links, bool isClass, RoutePut put)
    {
        var place = Place(links, reader);
        if (place.Parent == TrafficPlace.Ingress && reader.IsAtEnd)
            return new TrafficOrder(place, new TrafficKind.Bare("ingress"), put, isClass);
        if (reader.IsAtEnd)
            throw WordReader.Invalid("the kind is missing, as netem or tbf");
        return new TrafficOrder(place, TrafficSettings.Read(reader, isClass), put, isClass);
    }

    private static TrafficPlace Place(LinkLookup links, WordReader reader)
    {
        var place = new TrafficPlace(0, 0, 0);
        while (true)
        {
            if (reader.Take("dev"))
                place = place with { Link = reader.Link(links) };
            else if (reader.Take("root"))
                place = place with { Parent = TrafficPlace.Root };
            else if (reader.Take("ingress"))
                place = place with { Parent = TrafficPlace.Ingress, Handle = 0xffff0000 };
            else if (reader.Take("clsact"))
                throw WordReader.Invalid("clsact is for filters, which orch does not set");
            else if (reader.Take("parent"))
                place = place with { Parent = Handle(reader) };
            else if (reader.Take("handle", "classid"))
                place = place with { Handle = Handle(reader) };
            else
                return place.Link == 0 ? throw WordReader.Invalid("dev NAME is missing") : place;
        }
    }

    /// <summary><c>1:</c>, <c>1:10</c> or <c>root</c>, in hexadecimal.</summary>
    private static uint Handle(WordReader reader)
    {
        var text = reader.Next("a handle");
        if (text == "root")
            return TrafficPlace.Root;
        var parts = text.Split(':');
        return parts.Length <= 2 && TryHex(parts[0], out var major) && TryHex(parts.Length > 1 ? parts[1] : "", out var minor)
            ? ((uint)major << 16) | minor : throw WordReader.Invalid($"invalid handle \"{text}\", write it as 1:10");
    }

    private static bool TryHex(string text, out ushort number)
    {
        number = 0;
        return text.Length == 0
            || ushort.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number);
    }

    private static string Show(RouteSocket route, WordReader reader, bool isClass, LinkLookup links)
    {
        var link = reader.Take("dev") ? reader.Link(links) : 0;
        if (!reader.IsAtEnd)
            throw reader.Unknown();
        if (isClass && link == 0)
            throw WordReader.Invalid("class show wants dev NAME");
        var names = route.ListLinks().ToDictionary(l => l.Index, l => l.Name);
        var text = new StringBuilder();
        foreach (var one in isClass ? route.ListClasses(link) : route.ListQdiscs(link))
        {
            text.Append(CultureInfo.InvariantCulture,
                $"{(isClass ? "class" : "qdisc")} {one.Kind} {Name(one.Handle)} dev {names.GetValueOrDefault(one.Link)} ");
            text.Append(one.Parent == TrafficPlace.Root ? "root" : $"parent {Name(one.Parent)}").Append('\n');
        }

        return text.ToString();
    }

    private static string Name(uint handle) =>
        (handle & 0xffff) == 0 ? $"{handle >> 16:x}:" : $"{handle >> 16:x}:{handle & 0xffff:x}";
}
