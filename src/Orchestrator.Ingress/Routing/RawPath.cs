using Microsoft.AspNetCore.Http;

namespace Orchestrator.Ingress.Routing;

/// <summary>The path as the client wrote it. A task may tell an encoded slash from a slash, so nothing is decoded and
/// encoded anew on the way to it. Pure.</summary>
internal static class RawPath
{
    /// <summary>
    /// The path of a request line, without dot segments: routes are matched without them, so that a task must not see
    /// what they would have led out of. Everything else stays, letter by letter.
    /// </summary>
    /// <param name="target">As in the request: <c>/path?query</c>, or the whole address as proxies are asked.</param>
    /// <returns>Null: it has no path, as that of <c>OPTIONS *</c>.</returns>
    /// <remarks>Source: RFC 3986, §5.2.4; a dot may be written <c>%2e</c>, and an encoded slash separates nothing.</remarks>
    public static string? Of(string target)
    {
        var path = PathOf(target);
        return path.Length == 0 ? null : path.Split('/').Any(IsDots) ? WithoutDots(path) : path;
    }

    /// <summary>What routes match: decoded, but for encoded slashes.</summary>
    public static PathString Decoded(string rawPath) => PathString.FromUriComponent(rawPath);

    private static string PathOf(string target)
    {
        var start = 0;
        if (!target.StartsWith('/'))
        {
            var authority = target.IndexOf("://", StringComparison.Ordinal);
            if (authority < 0)
                return "";
            start = target.AsSpan(authority + 3).IndexOfAny('/', '?') is var at and >= 0 ? authority + 3 + at : target.Length;
        }

        var end = target.IndexOf('?', start);
        var path = end < 0 ? target[start..] : target[start..end];
        return path.Length == 0 ? "/" : path;
    }

    private static string WithoutDots(string path)
    {
        var kept = new List<string>();
        var segments = path.Split('/').AsSpan(1);
        foreach (var segment in segments)
        {
            if (!IsDots(segment))
                kept.Add(segment);
            else if (Dots(segment) == 2 && kept.Count > 0)
                kept.RemoveAt(kept.Count - 1);
        }

        if (IsDots(segments[^1]))
            kept.Add(""); // They name a folder, not a file in it.
        return "/" + string.Join('/', kept);
    }

    private static bool IsDots(string segment) => Dots(segment) is 1 or 2;

    /// <returns>How many dots it consists of; 0: of something else, too.</returns>
    private static int Dots(string segment)
    {
        if (segment.Length is 0 or > 6)
            return 0;
        var dots = segment.Replace("%2e", ".", StringComparison.OrdinalIgnoreCase);
        return dots.All(c => c == '.') ? dots.Length : 0;
    }
}
