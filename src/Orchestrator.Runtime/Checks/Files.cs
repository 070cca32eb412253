namespace Orchestrator.Runtime.Checks;

/// <summary>Files of the kernel that may not be there.</summary>
internal static class Files
{
    /// <summary>The first line, or null: there is no such file, or it cannot be read.</summary>
    public static string? Line(string path)
    {
        try
        {
            return File.ReadLines(path).FirstOrDefault()?.Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
