namespace Orchestrator.Cli.Commands.Images;

/// <summary>The parts of an image's name that commands need.</summary>
internal static class ImageName
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
}
