namespace Orchestrator.Build.Syntax.Checks;

/// <summary>Whether a text can be an image's name at all.</summary>
internal static class ImageName
{
    public static bool IsValid(string name)
    {
        var at = name.IndexOf('@', StringComparison.Ordinal);
        if (at >= 0 && name.IndexOf(':', at) is < 0) return false;
        var tagged = at < 0 ? name : name[..at];
        var colon = tagged.LastIndexOf(':');
        var hasTag = colon > tagged.LastIndexOf('/');
        if (hasTag && !IsTag(tagged[(colon + 1)..])) return false;

        var parts = (hasTag ? tagged[..colon] : tagged).Split('/');
        var isHost = parts.Length > 1 && (parts[0].AsSpan().IndexOfAny('.', ':') >= 0 || parts[0] == "localhost");
        return parts.Skip(isHost ? 1 : 0).All(IsPart);
    }

    private static bool IsTag(string tag) => tag.Length is > 0 and <= 128 && tag[0] is not ('.' or '-')
        && tag.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-');

    private static bool IsPart(string part) => part.Length > 0
        && char.IsAsciiLetterOrDigit(part[0]) && char.IsAsciiLetterOrDigit(part[^1])
        && part.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '_' or '.' or '-');
}
