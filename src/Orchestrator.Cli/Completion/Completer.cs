using Orchestrator.Cli.Commands;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Completion;

/// <summary>What may come next on a command line: commands, flags, their values, names of what there is.</summary>
internal static class Completer
{
    /// <param name="words">Of the line up to the cursor, without <c>orch</c>; the last is being typed.</param>
    public static int Run(Session session, List<string> words)
    {
        var current = words.Count > 0 ? words[^1] : "";
        var candidates = new Candidates();
        Fill(session, candidates, words.Count > 0 ? words[..^1] : [], current);
        candidates.Write(session.Out, current);
        return 0;
    }

    private static void Fill(Session session, Candidates candidates, List<string> before, string current)
    {
        var globals = new GlobalFlags();
        var (flag, rest) = Split(globals.Flags, before, interspersed: false);
        session.Choice = globals.ToChoice();
        var names = new ObjectNames(session);
        if (rest.Count == 0) Top(candidates, globals.Flags, flag, names, current);
        else if (rest[0] == "help") Commands(candidates, rest[1..]);
        else if (Catalog.Find(rest) is { } found) Inside(candidates, found, names, current);
        else if (Catalog.IsGroup(rest[0]) && rest.Count == 1) Commands(candidates, rest);
    }

    private static void Top(Candidates candidates, FlagSet flags, Flag? open, ObjectNames names, string current)
    {
        if (open is not null) new FlagCandidates(names).Value(candidates, open, "");
        else if (current.StartsWith('-')) FlagCandidates.Names(candidates, flags, current == "-");
        else Commands(candidates, []);
    }

    /// <summary>The commands of a group, or those at the top.</summary>
    private static void Commands(Candidates candidates, List<string> group)
    {
        var prefix = group.Count == 0 ? "" : group[0] + " ";
        foreach (var entry in Catalog.Entries.Where(static e => !e.IsHidden))
            foreach (var path in entry.Aliases.Prepend(entry.Path))
                if (path.StartsWith(prefix, StringComparison.Ordinal) && path[prefix.Length..] is var word
                    && !word.Contains(' ', StringComparison.Ordinal) && !word.StartsWith('-'))
                    candidates.Add(word, entry.Summary);
        if (group.Count > 0) return;
        foreach (var (name, summary) in Catalog.Groups) candidates.Add(name, summary);
        candidates.Add("help", "Show help for a command");
    }

    private static void Inside(
        Candidates candidates, (CommandEntry Entry, string Called, List<string> Words) found, ObjectNames names,
        string current)
    {
        var command = found.Entry.Create();
        command.Flags.Bool("help", null, "Print this text");
        var (flag, rest) = Split(command.Flags, found.Words, command.Interspersed);
        var equals = current.IndexOf('=', StringComparison.Ordinal);
        if (flag is not null) new FlagCandidates(names).Value(candidates, flag, "");
        else if (!command.Interspersed && rest.Count > 0)
            candidates.Files = true; // The container's own words.
        else if (equals > 2 && current.StartsWith("--", StringComparison.Ordinal)
            && command.Flags.All.FirstOrDefault(f => "--" + f.Name == current[..equals]) is { } named)
            new FlagCandidates(names).Value(candidates, named, current[..(equals + 1)]);
        else if (current.StartsWith('-')) FlagCandidates.Names(candidates, command.Flags, current == "-");
        else new ArgumentCandidates(names).Fill(candidates, found.Entry.Path, command, rest.Count);
    }

    /// <summary>Reads what is there: the arguments, and the flag whose value is being typed.</summary>
    private static (Flag? Open, List<string> Arguments) Split(FlagSet flags, List<string> words, bool interspersed)
    {
        try
        {
            return (null, flags.Parse(words, interspersed));
        }
        catch (UsageException)
        {
            if (words.Count == 0) return (null, []);
        }
        // The last word may be a flag that waits for its value; what else is wrong is not for Tab to say.
        var last = words[^1];
        var open = flags.All.FirstOrDefault(f => last == "--" + f.Name || (f.Shorthand is { } c && last == "-" + c));
        try
        {
            return (open, flags.Parse(words[..^1], interspersed));
        }
        catch (UsageException)
        {
            return (open, [.. words.Where(static w => !w.StartsWith('-'))]);
        }
    }
}
