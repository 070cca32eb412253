using System.Globalization;
using Orchestrator.Engine.Containers;
using Orchestrator.Oci.Bundle;

namespace Orchestrator.Daemon.Startup;

/// <summary>The ids that <c>--userns-remap</c> gives to containers: those /etc/subuid and /etc/subgid have for a user.
/// </summary>
internal static class SubordinateIds
{
    private const string Uids = "/etc/subuid", Gids = "/etc/subgid", OwnUser = "orchremap";
    private const uint First = 100_000, Count = 65_536;

    /// <param name="setting"><c>default</c>, or <c>user[:group]</c>, names or numbers.</param>
    /// <exception cref="StartupException">There is no such user, or no ids are set aside for it.</exception>
    public static UserRemap Resolve(string setting)
    {
        if (setting == "default")
        {
            SetAside();
            return Read(OwnUser, OwnUser, [], File.ReadAllText(Uids), File.ReadAllText(Gids));
        }

        var parts = setting.Split(':', 2);
        var user = Entry("/etc/passwd", parts[0]) ?? throw new StartupException(
            $"userns-remap is \"{setting}\"; there is no user {parts[0]} in /etc/passwd");
        var group = parts.Length == 1 ? user : Entry("/etc/group", parts[1]) ?? throw new StartupException(
            $"userns-remap is \"{setting}\"; there is no group {parts[1]} in /etc/group");
        return Read(user.Name, group.Name, [user.Id, group.Id], ReadOrEmpty(Uids), ReadOrEmpty(Gids));
    }

    /// <summary>The pure half: the files as text.</summary>
    /// <param name="numbers">What the lines may have in place of the names: the user's id, the group's.</param>
    internal static UserRemap Read(string user, string group, string[] numbers, string uids, string gids) => new(
        user,
        Map(uids, user, numbers.ElementAtOrDefault(0), Uids),
        Map(gids, group, numbers.ElementAtOrDefault(1), Gids));

    /// <summary>A range that no line of either file touches.</summary>
    internal static uint Free(string uids, string gids) => Ranges(uids).Concat(Ranges(gids))
        .Select(range => range.Start + range.Count).Append(First).Max();

    private static List<IdMapping> Map(string text, string name, string? number, string file)
    {
        var maps = new List<IdMapping>();
        uint inside = 0;
        foreach (var (owner, start, count) in Ranges(text))
        {
            if (owner != name && owner != number)
                continue;
            maps.Add(new IdMapping(inside, start, count));
            inside += count;
        }

        return maps.Count > 0 ? maps : throw new StartupException(
            $"userns-remap: {file} sets no ids aside for {name}; add a line such as {name}:{First}:{Count}");
    }

    private static IEnumerable<(string Owner, uint Start, uint Count)> Ranges(string text)
    {
        foreach (var line in text.Split('\n'))
        {
            if (line.Split(':') is [var owner, var start, var count] && TryNumber(start, out var from)
                && TryNumber(count, out var many) && many > 0 && from <= uint.MaxValue - many)
                yield return (owner, from, many);
        }
    }

    /// <summary>Once and for all: a range of its own for a user that needs no account.</summary>
    private static void SetAside()
    {
        var (uids, gids) = (ReadOrEmpty(Uids), ReadOrEmpty(Gids));
        var line = $"{OwnUser}:{Free(uids, gids)}:{Count}\n";
        foreach (var (file, text) in new[] { (Uids, uids), (Gids, gids) })
        {
            if (Ranges(text).Any(range => range.Owner == OwnUser))
                continue;
            File.AppendAllText(file, text.Length == 0 || text.EndsWith('\n') ? line : "\n" + line);
        }
    }

    private static (string Name, string Id)? Entry(string file, string wanted)
    {
        foreach (var line in ReadOrEmpty(file).Split('\n'))
        {
            if (line.Split(':') is [var name, _, var id, ..] && (name == wanted || id == wanted))
                return (name, id);
        }

        return null;
    }

    private static string ReadOrEmpty(string file) => File.Exists(file) ? File.ReadAllText(file) : "";

    private static bool TryNumber(string text, out uint number) =>
        uint.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
