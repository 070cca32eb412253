namespace Orchestrator.Engine.Files;

public static class DirectorySize
{
    /// <summary>Bytes of all files below; what vanishes meanwhile is not counted.</summary>
    public static long Of(string path)
    {
        try
        {
            var all = new EnumerationOptions
            {
                RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true,
            };
            return new DirectoryInfo(path).EnumerateFiles("*", all).Sum(file => file.Length);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
