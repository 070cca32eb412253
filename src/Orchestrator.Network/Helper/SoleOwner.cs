namespace Orchestrator.Network.Helper;

/// <summary>A lock on a file, given back by the kernel when the process ends in whatever way.</summary>
internal sealed class SoleOwner : IDisposable
{
    private readonly FileStream file;

    private SoleOwner(FileStream file) => this.file = file;

    /// <returns>Null: another process has it.</returns>
    public static SoleOwner? TryTake(string path)
    {
        try
        {
            return new SoleOwner(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException)
        {
            return null;
        }
    }

    public void Dispose() => file.Dispose();
}
