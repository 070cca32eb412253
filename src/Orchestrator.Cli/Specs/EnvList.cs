using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Specs;

/// <summary><c>-e</c> and <c>--env-file</c>, and the label flags, which follow the same rules.</summary>
internal static class EnvList
{
    /// <summary>Files first, so that flags win. A bare <c>NAME</c> takes this process's value, or is dropped.</summary>
    /// <exception cref="CliException">A file cannot be read, or a name has a space in it.</exception>
    public static string[]? Read(Session session, ListFlag flags, ListFlag files)
    {
        var entries = new List<string>();
        foreach (var file in files.Values)
            foreach (var line in ReadLines(file))
                Add(session, entries, CheckName(line, file));
        foreach (var flag in flags.Values) Add(session, entries, CheckFlag(flag));
        return entries.Count == 0 ? null : [.. entries];
    }

    /// <summary>Lines that are neither empty nor comments.</summary>
    public static IEnumerable<string> ReadLines(string file)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"open {file}: {e.Message}", e);
        }
        return lines.Select(static line => line.TrimStart()).Where(static line => line.Length > 0 && line[0] != '#');
    }

    private static void Add(Session session, List<string> entries, string entry)
    {
        if (entry.Contains('=', StringComparison.Ordinal)) entries.Add(entry);
        else if (session.Environment(entry) is { } value) entries.Add($"{entry}={value}");
    }

    private static string CheckFlag(string entry) => entry.Length > 0 && entry[0] != '='
        ? entry
        : throw new CliException($"invalid environment variable: {entry}: write NAME=value", 125);

    private static string CheckName(string line, string file)
    {
        var (name, _) = KeyValues.Split(line);
        return name.Length > 0 && !name.Any(char.IsWhiteSpace)
            ? line
            : throw new CliException($"invalid env file ({file}): variable '{name}' contains whitespaces", 125);
    }
}
