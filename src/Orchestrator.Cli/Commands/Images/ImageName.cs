using System.Text.RegularExpressions;

namespace Orchestrator.Cli.Commands.Images;

/// <summary>The parts of an image's name that commands need.</summary>
internal static partial class ImageName
{
    /// <summary>Repository, and tag or digest; the tag is empty when there is none.</summary>
    public static (string Repository, string Tag) Split(string name)
    {
        var digest = name.IndexOf('@', StringComparison.Ordinal);
        if (digest >= 0) return (name[..digest], name[(digest + 1)..]);
        var colon = name.LastIndexOf(':');
        return colon > name.LastIndexOf('/') ? (name[..colon], name[(colon + 1)..]) : (name, "");
    }

    public static string WithTag(string name) => Split(name).Tag.Length > 0 ? name : name + ":latest";

    /// <summary>The registry's host: the first part when it looks like one, else docker.io.</summary>
    public static string Registry(string name)
    {
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        var first = slash < 0 ? "" : name[..slash];
        return first == "localhost" || first.AsSpan().IndexOfAny('.', ':') >= 0 ? first : "docker.io";
    }

    /// <summary>What is wrong with a name, said before the daemon is asked; null: nothing.</summary>
    public static string? Fault(string name)
    {
        var (repository, tag) = Split(name);
        var registry = Registry(repository);
        var path = repository.StartsWith(registry + "/", StringComparison.Ordinal) ? repository[(registry.Length + 1)..]
            : repository.Contains('/', StringComparison.Ordinal) ? repository : "library/" + repository;
        if (path.Any(char.IsAsciiLetterUpper))
            return $"invalid reference format: repository name ({path}) must be lowercase";
        return Paths().IsMatch(path) && (tag.Length == 0 || name.Contains('@', StringComparison.Ordinal) || Tags().IsMatch(tag))
            && !name.EndsWith(':') ? null : "invalid reference format";
    }

    [GeneratedRegex("^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$")]
    private static partial Regex Paths();

    [GeneratedRegex("^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$")]
    private static partial Regex Tags();
}
