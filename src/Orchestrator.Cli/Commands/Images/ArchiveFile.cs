using Orchestrator.Cli.Http;

namespace Orchestrator.Cli.Commands.Images;

/// <summary>Archives that the user named.</summary>
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

    /// <summary>Fetches an archive into a file, or to standard output when <paramref name="path"/> is empty.</summary>
    /// <param name="what">For errors: what is saved.</param>
    public static int Save(Session session, string source, string path, string what)
    {
        if (path.Length == 0 && session.OutputIsTerminal)
            throw new CliException("cowardly refusing to save to a terminal. Use the -o flag or redirect");
        using var response = session.Client.Send("GET", source);
        if (path.Length == 0) response.Body.CopyTo(session.RawOutput);
        else Save(response, path, what);
        return 0;
    }

    /// <summary>Under another name until it is whole: a broken transfer leaves no half archive.</summary>
    private static void Save(HttpResponse response, string path, string what)
    {
        var partial = $"{path}.{Environment.ProcessId}.part";
        try
        {
            using (var file = File.Create(partial)) response.Body.CopyTo(file);
            File.Move(partial, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            File.Delete(partial);
            throw new CliException($"failed to save {what} to {path}: {e.Message}", e);
        }
    }
}
