using Microsoft.Win32.SafeHandles;

namespace Orchestrator.Store.Log;

/// <summary>
/// Files by means of .NET alone, for tests: survives the death of the process, but not a power cut in every case, since
/// a directory cannot be synced.
/// </summary>
public sealed class PlainFiles : IDurableFiles
{
    public IReadOnlyList<string> List(string directory) => Directory.Exists(directory)
        ? [.. Directory.EnumerateFiles(directory).Select(p => Path.GetFileName(p)).Order(StringComparer.Ordinal)]
        : [];

    public void MakeDirectory(string directory) => Directory.CreateDirectory(directory);

    public Stream OpenRead(string path) => File.OpenRead(path);

    public IDurableFile CreateZeroed(string path, long length)
    {
        var file = new PlainFile(path);
        RandomAccess.SetLength(file.Handle, length);
        return file;
    }

    public IDurableFile Create(string path) => new PlainFile(path);

    public void Rename(string from, string to) => File.Move(from, to, overwrite: true);

    public void Delete(string path) => File.Delete(path);

    public void SyncDirectory(string directory)
    {
    }

    public long FreeBytes(string directory) => new DriveInfo(Path.GetFullPath(directory)).AvailableFreeSpace;

    private sealed class PlainFile(string path) : IDurableFile
    {
        public SafeFileHandle Handle { get; } = File.OpenHandle(
            path, FileMode.Create, FileAccess.Write, FileShare.Read);

        public void Write(long offset, ReadOnlySpan<byte> bytes) => RandomAccess.Write(Handle, bytes, offset);

        public void Sync() => RandomAccess.FlushToDisk(Handle);

        public void Dispose() => Handle.Dispose();
    }
}
