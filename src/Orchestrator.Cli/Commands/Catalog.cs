using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands;

/// <summary>All commands there are, and the calling of one.</summary>
internal static partial class Catalog
{
    /// <summary>The first words that only hold commands.</summary>
    public static (string Name, string Summary)[] Groups { get; } =
    [
        ("builder", "Manage builds"),
        ("config", "Manage configs: files that tasks get"),
        ("container", "Manage containers"),
        ("context", "Manage the daemons there are to talk to"),
        ("image", "Manage images"),
        ("network", "Manage networks"),
        ("node", "Manage the cluster's nodes"),
        ("registry", "Manage who may use the registry"),
        ("secret", "Manage secrets: files that tasks alone get"),
        ("service", "Manage services"),
        ("swarm", "Manage the cluster"),
        ("system", "Manage the daemon and what it stores"),
        ("volume", "Manage volumes"),
    ];

    public static bool IsGroup(string word) => Array.Exists(Groups, group => group.Name == word);

    /// <summary>The command that the words begin with, as it was called, and the words after it.</summary>
    public static (CommandEntry Entry, string Called, List<string> Words)? Find(List<string> words)
    {
        for (var length = Math.Min(3, words.Count); length > 0; length--)
        {
            var called = string.Join(' ', words.Take(length));
            if (Array.Find(Entries, entry => entry.Is(called)) is { } entry) return (entry, called, words[length..]);
        }
        return null;
    }

    public static int Run(List<string> words, Session session)
    {
        if (Find(words) is not { } found) return Unknown(words, session);
        var (entry, called, rest) = found;
        var command = entry.Create();
        var help = command.Flags.Bool("help", null, "Print this text");
        try
        {
            var args = command.Flags.Parse(rest, command.Interspersed);
            if (help)
            {
                Help.ShowCommand(session.Out, session.Width, entry, called, command);
                return 0;
            }
            return command.Arity.Fault(args.Count) is { } fault
                ? throw new UsageException($"orch: 'orch {called}' {fault}", 1)
                : command.Run(session, args);
        }
        catch (UsageException e)
        {
            throw new CliException(
                $"{e.Message}\n\n{Help.UsageLine(called, command)}\n\nRun 'orch {called} --help' for more information",
                e.ExitCode);
        }
    }

    private static int Unknown(List<string> words, Session session)
    {
        if (!IsGroup(words[0]))
            throw new CliException(
                $"orch: unknown command: orch {words[0]}\n\n{Hint("", words[0])}"
                + "Run 'orch --help' for more information");
        if (words.Count == 1 || words[1] is "--help" or "-h")
        {
            Help.ShowGroup(session.Out, words[0]);
            return 0;
        }
        throw new CliException(
            $"orch: unknown command: orch {words[0]} {words[1]}\n\nUsage:  orch {words[0]} COMMAND\n\n"
            + Hint(words[0] + " ", words[1])
            + $"Run 'orch {words[0]} --help' for more information");
    }

    private static string Hint(string group, string word)
    {
        var known = Entries.SelectMany(static e => e.Aliases.Prepend(e.Path)).Concat(Groups.Select(static g => g.Name))
            .Where(path => path.StartsWith(group, StringComparison.Ordinal)).Select(path => path[group.Length..])
            .Where(static path => !path.Contains(' ', StringComparison.Ordinal) && path[0] != '-');
        return Suggestion.For(word, known) is { } meant ? $"Did you mean 'orch {group}{meant}'?\n\n" : "";
    }
}
