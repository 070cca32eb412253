using Orchestrator.Linux.Files;

namespace Orchestrator.Daemon.Startup;

/// <summary>
/// Keeps two daemons from one data root. The kernel lets go of it when the process ends, however it ends.
/// </summary>
internal sealed class DataRootLock : IDisposable
{
    private readonly FileStream file;

    private DataRootLock(FileStream file) => this.file = file;

    /// <exception cref="StartupException">
    /// Another daemon has it, or the folder cannot be made or written to.
    /// </exception>
    public static DataRootLock Take(string dataRoot)
    {
        var file = Open(dataRoot);
        if (FileCalls.TryLock(file.SafeFileHandle))
        {
            file.SetLength(0);
            file.Write(System.Text.Encoding.ASCII.GetBytes($"{Environment.ProcessId}\n"));
            file.Flush();
            return new DataRootLock(file);
        }

        using var reader = new StreamReader(file);
        var owner = reader.ReadToEnd().Trim();
        throw new StartupException(
            $"the data root {dataRoot} is in use by another orchd (pid {owner}); stop that one, or "
            + "give this one its own --data-root");
    }

    public void Dispose() => file.Dispose();

    private static FileStream Open(string dataRoot)
    {
        try
        {
            const UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
                | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
            Directory.CreateDirectory(dataRoot, mode);
            // .NET takes a lock of its own unless others may share the file; the real one is taken by the caller.
            return new FileStream(
                Path.Combine(dataRoot, "orchd.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite,
                FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"the data root {dataRoot} cannot be used: {e.Message}", e);
        }
    }
}
