namespace Orchestrator.Build;

/// <summary>Paths inside images, by their text alone.</summary>
internal static class UnixPath
{
    /// <summary>The shortest path that means the same; <c>..</c> never leads above the root.</summary>
    public static string Clean(string path)
    {
        var steps = new List<string>();
        foreach (var step in path.Split('/'))
        {
            if (step == ".." && steps.Count > 0)
                steps.RemoveAt(steps.Count - 1);
            else if (step is not ("" or "." or ".."))
                steps.Add(step);
        }

        return "/" + string.Join('/', steps);
    }

    /// <summary><paramref name="path"/> seen from a folder; both absolute in the end.</summary>
    public static string Join(string folder, string path) =>
        Clean(path.StartsWith('/') ? path : $"{folder}/{path}");

    /// <summary>The folder of a clean absolute path, and the last name; of the root: itself and nothing.</summary>
    public static (string Folder, string Name) Split(string path)
    {
        var slash = path.LastIndexOf('/');
        return (slash <= 0 ? "/" : path[..slash], path[(slash + 1)..]);
    }

    /// <summary>Without the leading slash, as calls want it that resolve from an open folder.</summary>
    public static string FromRoot(string path) => path.TrimStart('/') is { Length: > 0 } relative ? relative : ".";
}
