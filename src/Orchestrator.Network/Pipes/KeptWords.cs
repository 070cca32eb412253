using System.Collections.Immutable;
using Orchestrator.Linux.Netlink;
using Orchestrator.Network.Mending;

namespace Orchestrator.Network.Pipes;

/// <summary>Which commands of a container last, and whether what they left behind is there. Pure, but for
/// <see cref="Restore"/>.</summary>
internal static class KeptWords
{
    /// <summary>What is kept once a command has been done.</summary>
    public static ImmutableArray<KeptCommand> After(
        ImmutableArray<KeptCommand> kept, string tool, IReadOnlyList<string> words)
    {
        var links = Links();
        if (Order.Read(tool, words, links) is not { } order)
            return kept;
        var ended = kept.Where(k => k.Tool == tool && order.Ends(Read(k, links))).ToList();
        if (order.EndsOne)
            ended = [.. ended.Take(1)];
        var place = ended.Count > 0 ? kept.IndexOf(ended[0]) : kept.Length;
        var left = kept.RemoveAll(ended.Contains);
        var number = kept.IsEmpty ? 1 : kept.Max(k => k.Number) + 1;
        // In the place of what it replaces: what hangs below that comes later.
        return order.Lasts ? left.Insert(Math.Min(place, left.Length), new KeptCommand(number, tool, [.. words])) : left;
    }

    /// <summary>Is what a command left behind there? Not where its link is gone.</summary>
    public static bool Holds(KeptCommand command, SpaceDump found)
    {
        var names = found.Links.ToDictionary(link => link.Name, link => link.Index);
        try
        {
            return Order.Read(command.Tool, command.Words, name => names.TryGetValue(name, out var index) ? index : null)!
                .Holds(found);
        }
        catch (NetworkException)
        {
            return false;
        }
    }

    public static void Restore(KeptCommand command, RouteSocket route) =>
        Order.Read(command.Tool, command.Words, name => route.FindLink(name)?.Index)!.Restore(route); // None only shows.

    public static void Undo(KeptCommand command, RouteSocket route) =>
        Order.Read(command.Tool, command.Words, name => route.FindLink(name)?.Index)!.Undo(route);

    /// <summary>Does it speak of that interface?</summary>
    public static bool IsAbout(KeptCommand command, string link) =>
        command.Words.Zip(command.Words.Skip(1)).Any(pair => pair.First is "dev" or "oif" or "iif" && pair.Second == link);

    private static Order Read(KeptCommand command, LinkLookup links) =>
        Order.Read(command.Tool, command.Words, links)!; // None only shows.

    /// <summary>Numbers for names, whatever links there are: only which are the same counts.</summary>
    private static LinkLookup Links()
    {
        var numbers = new Dictionary<string, int>();
        return name => numbers.TryGetValue(name, out var number) ? number : numbers[name] = numbers.Count + 1;
    }
}
