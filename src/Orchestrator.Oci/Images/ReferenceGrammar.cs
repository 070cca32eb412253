namespace Orchestrator.Oci.Images;

/// <summary>The grammar of names, tags and registries. Source: distribution/reference, package documentation.</summary>
public static class ReferenceGrammar
{
    private const int MaxNameLength = 255;
    private const int MaxTagLength = 128;

    public static bool IsTag(string text) =>
        text.Length is > 0 and <= MaxTagLength
        && (char.IsAsciiLetterOrDigit(text[0]) || text[0] == '_')
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-');

    /// <summary>
    /// Whether <paramref name="text"/> is the path of a repository: lower-case components between slashes.
    /// </summary>
    public static bool IsPath(string text) =>
        text.Length is > 0 and <= MaxNameLength && text.Split('/').All(IsComponent);

    /// <summary>
    /// Splits a name without tag and digest into registry and repository, filling in docker's defaults.
    /// </summary>
    internal static (string Domain, string Path)? Split(string name, out bool unqualified, ref string error)
    {
        var slash = name.IndexOf('/');
        unqualified = !BeginsWithDomain(name);
        var domain = unqualified ? Reference.DefaultDomain : name[..slash];
        var path = unqualified ? name : name[(slash + 1)..];
        if (domain == "index.docker.io")
            domain = Reference.DefaultDomain;
        if (domain == Reference.DefaultDomain && !path.Contains('/') && path.Length > 0)
            path = "library/" + path;

        if (path.Any(char.IsAsciiLetterUpper) && IsPath(path.ToLowerInvariant()))
            error = $"invalid reference format: repository name ({path}) must be lowercase";
        else if (path.Length > MaxNameLength && path.Split('/').All(IsComponent))
            error = $"repository name must not be more than {MaxNameLength} characters";
        return IsDomain(domain) && IsPath(path) ? (domain, path) : null;
    }

    internal static bool BeginsWithDomain(string name) =>
        name.IndexOf('/') is > -1 and var slash && LooksLikeDomain(name[..slash]);

    private static bool LooksLikeDomain(string first) =>
        first == "localhost" || first.AsSpan().IndexOfAny('.', ':') >= 0 || first.Any(char.IsAsciiLetterUpper);

    private static bool IsDomain(string text)
    {
        var (host, port) = SplitPort(text);
        if (port is not null && (port.Length is 0 or > 5 || !port.All(char.IsAsciiDigit)))
            return false;
        return host.StartsWith('[')
            ? host.EndsWith(']') && System.Net.IPAddress.TryParse(host, out var ip) && ip.GetAddressBytes().Length == 16
            : host.Split('.').All(IsLabel);
    }

    private static (string Host, string? Port) SplitPort(string text)
    {
        var colon = text.LastIndexOf(':');
        return colon < 0 || text.IndexOf(']', colon) >= 0 ? (text, null) : (text[..colon], text[(colon + 1)..]);
    }

    private static bool IsLabel(string text) =>
        text.Length > 0 && text[0] != '-' && text[^1] != '-' && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');

    /// <summary>
    /// Runs of letters and digits, joined by one dot, one or two underscores, or any number of dashes.
    /// </summary>
    private static bool IsComponent(string text)
    {
        for (var i = 0; ;)
        {
            var start = i;
            while (i < text.Length && (char.IsAsciiLetterLower(text[i]) || char.IsAsciiDigit(text[i])))
                i++;
            if (i == start)
                return false;
            if (i == text.Length)
                return true;

            var separator = i;
            while (i < text.Length && text[i] is '.' or '_' or '-' && text[i] == text[separator])
                i++;
            if (i == separator || (text[separator] == '.' && i - separator > 1)
                || (text[separator] == '_' && i - separator > 2))
                return false;
        }
    }
}
