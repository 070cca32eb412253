namespace Orchestrator.Build.Syntax.Patterns;

/// <summary>Paths by their letters alone, as Go's <c>path</c> has them.</summary>
public static class GoPath
{
    /// <summary>The shortest path of the same meaning: no <c>.</c>, no doubled slash, <c>..</c> only in front.</summary>
    /// <returns><c>.</c> for nothing.</returns>
    public static string Clean(string path)
    {
        var isRooted = path.StartsWith('/');
        var kept = new List<string>();
        foreach (var part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == ".") continue;
            if (part != ".." || (!isRooted && (kept.Count == 0 || kept[^1] == ".."))) kept.Add(part);
            else if (kept.Count > 0) kept.RemoveAt(kept.Count - 1);
        }
        var joined = string.Join('/', kept);
        return isRooted ? "/" + joined : joined.Length == 0 ? "." : joined;
    }
}
