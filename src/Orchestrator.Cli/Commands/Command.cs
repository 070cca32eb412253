using Orchestrator.Cli.Http;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands;

/// <summary>One command: its flags, declared when it is made, and what it does.</summary>
internal abstract class Command
{
    public FlagSet Flags { get; } = new();

    /// <summary>What follows the command's name: <c>[OPTIONS] IMAGE [COMMAND] [ARG...]</c>.</summary>
    public abstract string Usage { get; }

    public abstract Arity Arity { get; }

    /// <summary>False where the words after the first argument belong to a container.</summary>
    public virtual bool Interspersed => true;

    /// <summary>Command lines that show it at work.</summary>
    public virtual string[] Examples => [];

    /// <returns>The exit code.</returns>
    public abstract int Run(Session session, List<string> args);

    /// <summary>Does one thing to each name, echoes it, goes on after an error, and fails if any did.</summary>
    protected static int ForEach(Session session, IEnumerable<string> names, Func<string, string?> act)
    {
        var errors = new List<string>();
        foreach (var name in names)
        {
            try
            {
                if (act(name) is { } echo) session.Out.WriteLine(echo);
            }
            catch (DaemonException e)
            {
                errors.Add(e.Message);
            }
        }
        session.Out.Flush();
        foreach (var error in errors) session.Error.WriteLine(error);
        return errors.Count == 0 ? 0 : 1;
    }

    /// <summary>A path segment from what the user typed.</summary>
    protected static string Escape(string name) => Uri.EscapeDataString(name);

    /// <summary>An image's name in a path: its slashes part segments there too.</summary>
    protected static string EscapeImage(string name) =>
        Uri.EscapeDataString(name).Replace("%2F", "/", StringComparison.Ordinal)
        .Replace("%3A", ":", StringComparison.Ordinal).Replace("%40", "@", StringComparison.Ordinal);
}
