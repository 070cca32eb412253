using System.Globalization;
using System.Text;
using Orchestrator.Linux;
using Orchestrator.Linux.Netlink;
using Orchestrator.Network.Hosting;

namespace Orchestrator.Network.Pipes;

/// <summary><c>tc qdisc</c> and <c>tc class</c>, word for word, by one netlink message.</summary>
internal static class TrafficWords
{
    private const string Usage =
        "qdisc|class add|change|replace|del dev NAME root|ingress|parent M:N [handle M:] [classid M:N] "
        + "netem|tbf|htb|pfifo|bfifo|… SETTINGS, or qdisc|class show [dev NAME]";

    /// <returns>What a list shows.</returns>
    public static string Run(RouteSocket route, IReadOnlyList<string> words)
    {
        var reader = new WordReader(words, Usage);
        var isClass = reader.Next("qdisc or class") switch
        {
            "qdisc" => false,
            "class" => true,
            var other => throw reader.Invalid($"Object \"{other}\" is unknown"),
        };
        switch (reader.IsAtEnd ? "show" : reader.Next("the command"))
        {
            case "show" or "list" or "ls":
                return Show(route, reader, isClass);
            case "add":
                return Put(route, reader, isClass, RoutePut.Add);
            case "replace":
                return Put(route, reader, isClass, RoutePut.Replace);
            case "change":
                return Put(route, reader, isClass, RoutePut.Change);
            case "del" or "delete":
                var place = Place(route, reader);
                if (isClass)
                    route.DeleteClass(place);
                else
                    route.DeleteQdisc(place);
                return "";
            case var other:
                throw reader.Invalid($"Command \"{other}\" is unknown");
        }
    }

    private static string Put(RouteSocket route, WordReader reader, bool isClass, RoutePut put)
    {
        var place = Place(route, reader);
        if (place.Parent == TrafficPlace.Ingress && reader.IsAtEnd)
        {
            Put(new TrafficKind.Bare("ingress"));
            return "";
        }

        if (reader.IsAtEnd)
            throw reader.Invalid("the kind is missing, as netem or tbf");
        Put(TrafficSettings.Read(reader, isClass));
        return "";

        void Put(TrafficKind kind)
        {
            try
            {
                if (isClass)
                    route.PutClass(place, kind, put);
                else
                    route.PutQdisc(place, kind, put);
            }
            catch (NetlinkException e) when (e.Errno is Errno.ENOENT or Errno.ENOTSUP && put != RoutePut.Change)
            {
                // Of an unknown kind; a place that is not there is EINVAL.
                throw KernelFeature.Missing($"traffic control {kind.Kind} (module sch_{kind.Kind})", "tc", e);
            }
        }
    }

    private static TrafficPlace Place(RouteSocket route, WordReader reader)
    {
        var place = new TrafficPlace(0, 0, 0);
        while (true)
        {
            if (reader.Take("dev"))
                place = place with { Link = reader.Link(route) };
            else if (reader.Take("root"))
                place = place with { Parent = TrafficPlace.Root };
            else if (reader.Take("ingress"))
                place = place with { Parent = TrafficPlace.Ingress, Handle = 0xffff0000 };
            else if (reader.Take("clsact"))
                throw reader.Invalid("clsact is for filters, which orch does not set");
            else if (reader.Take("parent"))
                place = place with { Parent = Handle(reader) };
            else if (reader.Take("handle", "classid"))
                place = place with { Handle = Handle(reader) };
            else
                return place.Link == 0 ? throw reader.Invalid("dev NAME is missing") : place;
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
            ? ((uint)major << 16) | minor : throw reader.Invalid($"invalid handle \"{text}\", write it as 1:10");
    }

    private static bool TryHex(string text, out ushort number)
    {
        number = 0;
        return text.Length == 0
            || ushort.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number);
    }

    private static string Show(RouteSocket route, WordReader reader, bool isClass)
    {
        var link = reader.Take("dev") ? reader.Link(route) : 0;
        if (!reader.IsAtEnd)
            throw reader.Unknown();
        if (isClass && link == 0)
            throw reader.Invalid("class show wants dev NAME");
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
