namespace Orchestrator.Cli.Commands.Containers;

/// <summary>One side of a copy: <c>CONTAINER:PATH</c>, a path of this host, or <c>-</c>.</summary>
/// <param name="Container">Null: this host's.</param>
internal sealed record CopyPath(string? Container, string Path)
{
    public bool IsStream => Container is null && Path == "-";

    /// <summary>Ends in a way that asks for what is in a folder, not for the folder.</summary>
    public bool IsContents => Path == "." || Path.EndsWith("/.", StringComparison.Ordinal);

    /// <summary>Ends as only a folder's path does.</summary>
    public bool IsFolder => IsContents || Path.EndsWith('/');

    /// <summary>The last part; <c>/</c> for a root, <c>.</c> for what is in a folder.</summary>
    public string Base => Path.TrimEnd('/') is { Length: > 0 } path ? path[(path.LastIndexOf('/') + 1)..] : "/";

    /// <summary>The folder that the last part is in.</summary>
    public string Parent => System.IO.Path.GetDirectoryName(Path.TrimEnd('/')) switch
    {
        null => "/",
        "" => Container is null ? "." : "/",
        var folder => folder,
    };

    /// <summary>A path that begins with <c>/</c> or <c>.</c> is never a container's.</summary>
    public static CopyPath Parse(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon <= 0 || text[0] is '/' or '.' ? new(null, text)
            : new(text[..colon], text[(colon + 1)..] is { Length: > 0 } path ? path : "/");
    }
}
