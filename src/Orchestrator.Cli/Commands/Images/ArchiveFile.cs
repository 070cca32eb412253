namespace Orchestrator.Cli.Commands.Images;

/// <summary>Opens an archive that the user named.</summary>
internal static class ArchiveFile
{
    public static FileStream Open(string path)
    {
        try
        {
            return File.OpenRead(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"open {path}: {(File.Exists(path) ? e.Message : "no such file or directory")}", e);
        }
    }
}
