using System.IO.Compression;

namespace Orchestrator.Runtime.Shim.Logs;

/// <summary>Compresses a file that was rotated away, on a thread of its own: a large one takes longer than a container may
/// be held up.</summary>
internal sealed class LogCompressor
{
    public const string Suffix = ".gz";

    private Thread? work;

    /// <summary>Replaces the file by its compressed self; if that fails, it stays as it is.</summary>
    public void Begin(string path)
    {
        work = new Thread(() => Compress(path), maxStackSize: 256 << 10) { IsBackground = true, Name = "gzip" };
        work.Start();
    }

    /// <summary>Before files are renamed again.</summary>
    public void Await()
    {
        work?.Join();
        work = null;
    }

    private static void Compress(string path)
    {
        var unfinished = path + Suffix + ".tmp";
        try
        {
            using (var from = File.OpenRead(path))
            using (var to = new GZipStream(File.Create(unfinished), CompressionLevel.Fastest))
                from.CopyTo(to);
            File.SetUnixFileMode(unfinished, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
            File.Move(unfinished, path + Suffix, overwrite: true);
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            TryDelete(unfinished);
        }
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A disk that cannot even do this; the next rotation writes over it.
        }
    }
}
