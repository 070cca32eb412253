using System.Collections.Immutable;

namespace Orchestrator.Build.Syntax.Parsing;

/// <summary>Takes <c># key=value</c> lines from the top until the first line that is none.</summary>
internal sealed class DirectiveReader
{
    private readonly HashSet<string> seen = [];
    private bool isDone;

    public ParserDirectives Directives { get; private set; } = ParserDirectives.None;

    /// <returns>Whether the line is a directive.</returns>
    /// <exception cref="DockerfileException">A directive twice, or with a value it does not know.</exception>
    public bool Take(string line, Position position)
    {
        if (isDone) return false;
        if (Split(line) is not var (key, value) || key is not ("syntax" or "escape" or "check"))
        {
            isDone = true;
            return false;
        }
        if (!seen.Add(key))
            throw new DockerfileException($"only one {key} parser directive can be used", position);
        Directives = key switch
        {
            "syntax" => Directives with { Syntax = value },
            "escape" when value is "\\" or "`" => Directives with { Escape = value[0] },
            "escape" => throw new DockerfileException(
                $"invalid escape token '{value}' does not match ` or \\", position),
            _ => CheckOptions.Apply(Directives, value, position),
        };
        return true;
    }

    private static (string Key, string Value)? Split(string line)
    {
        if (!line.StartsWith('#')) return null;
        var pair = line[1..].Trim();
        var equals = pair.IndexOf('=', StringComparison.Ordinal);
        if (equals < 0) return null;
        var key = pair[..equals].TrimEnd();
        var value = pair[(equals + 1)..].Trim();
        var isKey = key.Length > 0 && char.IsAsciiLetter(key[0]) && key.All(char.IsAsciiLetterOrDigit);
        return isKey && value.Length > 0 ? (key.ToLowerInvariant(), value) : null;
    }
}
