using System.Text;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands;

/// <summary>The help texts: of the whole, of a group, of a command.</summary>
internal static class Help
{
    public const string RootUsage = "Usage:  orch [OPTIONS] COMMAND";

    private static readonly string[] Common =
        ["run", "exec", "ps", "images", "pull", "push", "version", "info"];

    public static int Show(Session session, List<string> words, FlagSet globals)
    {
        if (words.Count == 0) return ShowRoot(session, globals);
        if (Catalog.Find(words) is { } found)
            ShowCommand(session.Out, session.Width, found.Entry, found.Called, found.Entry.Create());
        else if (Catalog.IsGroup(words[0])) ShowGroup(session.Out, words[0]);
        else throw new CliException(
            $"unknown help topic: {string.Join(' ', words)}. Run 'orch --help' for the commands there are.");
        return 0;
    }

    public static int ShowRoot(Session session, FlagSet globals)
    {
        var o = session.Out;
        o.WriteLine(
            $"{RootUsage}\n\nRuns containers on one host, and services on a cluster of them\n\nCommon Commands:");
        foreach (var name in Common) Line(o, name, Catalog.Find([name])!.Value.Entry.Summary);
        o.WriteLine("\nManagement Commands:");
        foreach (var (group, summary) in Catalog.Groups.OrderBy(static g => g.Name, StringComparer.Ordinal))
            Line(o, group, summary);
        o.WriteLine("\nCommands:");
        foreach (var (name, entry) in TopLevel().OrderBy(static p => p.Name, StringComparer.Ordinal))
            Line(o, name, entry.Summary);
        o.WriteLine("\nGlobal Options:");
        o.Write(FlagLines(globals, session.Width));
        o.WriteLine("\nRun 'orch COMMAND --help' for more information on a command.");
        return 0;
    }

    public static void ShowGroup(TextWriter o, string group)
    {
        o.WriteLine(
            $"Usage:  orch {group} COMMAND\n\n{Catalog.Groups.First(g => g.Name == group).Summary}\n\nCommands:");
        foreach (var entry in Catalog.Entries.Where(
            e => !e.IsHidden && e.Path.StartsWith(group + " ", StringComparison.Ordinal)))
            Line(o, entry.Path[(group.Length + 1)..], entry.Summary);
        o.WriteLine($"\nRun 'orch {group} COMMAND --help' for more information on a command.");
    }

    public static void ShowCommand(TextWriter o, int width, CommandEntry entry, string called, Command command)
    {
        o.WriteLine($"{UsageLine(called, command)}\n\n{entry.Summary}");
        if (entry.Aliases.Length > 0)
            o.WriteLine($"\nAliases:\n  {string.Join(", ", entry.Aliases.Prepend(entry.Path).Select(static a => "orch " + a))}");
        if (command.Flags.All.Any(static f => !f.Hidden))
        {
            o.WriteLine("\nOptions:");
            o.Write(FlagLines(command.Flags, width));
        }
        var examples = ExampleTexts.Of(entry.Path, command);
        if (examples.Length == 0) return;
        o.WriteLine("\nExamples:");
        foreach (var example in examples) o.WriteLine("  " + example);
    }

    public static string UsageLine(string called, Command command) =>
        $"Usage:  orch {called} {command.Usage}".TrimEnd();

    private static IEnumerable<(string Name, CommandEntry Entry)> TopLevel() =>
        from entry in Catalog.Entries
        from name in entry.Aliases.Prepend(entry.Path)
        where !name.Contains(' ', StringComparison.Ordinal) && !Common.Contains(name) && name != "--version"
        select (name, entry);

    private static void Line(TextWriter o, string name, string summary) => o.WriteLine($"  {name,-11} {summary}");

    private static string FlagLines(FlagSet flags, int width)
    {
        var shown = flags.All.Where(static f => !f.Hidden).OrderBy(static f => f.Name, StringComparer.Ordinal).ToList();
        var left = shown.ConvertAll(static f =>
            $"  {(f.Shorthand is { } c ? $"-{c}, " : "    ")}--{f.Name}{(f.TypeName.Length > 0 ? " " + f.TypeName : "")}");
        var column = left.Count == 0 ? 0 : left.Max(static l => l.Length) + 3;
        var text = new StringBuilder();
        for (var i = 0; i < shown.Count; i++)
        {
            var help = shown[i].DefaultText is { Length: > 0 } value
                ? $"{shown[i].Help} (default {value})" : shown[i].Help;
            var lines = Wrap(help, Math.Max(width - column - 1, 24));
            text.Append(left[i].PadRight(column)).Append(lines[0]).Append('\n');
            foreach (var line in lines.Skip(1)) text.Append(' ', column).Append(line).Append('\n');
        }
        return text.ToString();
    }

    private static List<string> Wrap(string text, int width)
    {
        var lines = new List<string>();
        var line = new StringBuilder();
        foreach (var word in text.Split(' '))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                lines.Add(line.ToString());
                line.Clear();
            }
            if (line.Length > 0) line.Append(' ');
            line.Append(word);
        }
        lines.Add(line.ToString());
        return lines;
    }
}
