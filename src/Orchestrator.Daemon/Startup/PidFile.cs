namespace Orchestrator.Daemon.Startup;

/// <summary>The pid of the running daemon, for scripts; the lock on the data root is what keeps others out.</summary>
internal sealed class PidFile : IDisposable
{
    private readonly string path;

    private PidFile(string path) => this.path = path;

    public static PidFile Write(string path)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, $"{Environment.ProcessId}\n");
            return new PidFile(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"the pid file {path} cannot be written: {e.Message}", e);
        }
    }

    public void Dispose() => File.Delete(path);
}
