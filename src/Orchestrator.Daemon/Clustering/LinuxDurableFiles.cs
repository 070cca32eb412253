using Microsoft.Win32.SafeHandles;
using Orchestrator.Linux.Files;
using Orchestrator.Store.Log;

namespace Orchestrator.Daemon.Clustering;

/// <summary>
/// The raft log's disk on Linux: fdatasync for data, fsync for directories, zeroed files made beforehand.
/// </summary>
internal sealed class LinuxDurableFiles : IDurableFiles
{
    private static readonly byte[] Zeros = new byte[1 << 20];

    public IReadOnlyList<string> List(string directory) => Directory.Exists(directory)
        ? [.. Directory.EnumerateFiles(directory).Select(p => Path.GetFileName(p)).Order(StringComparer.Ordinal)]
        : [];

    public void MakeDirectory(string directory)
    {
        if (Directory.Exists(directory))
            return;
        var parent = Path.GetDirectoryName(directory)!;
        MakeDirectory(parent);
        Directory.CreateDirectory(
            directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        DurableFile.SyncDirectory(parent);
    }

    public Stream OpenRead(string path) => File.OpenRead(path);

    public IDurableFile CreateZeroed(string path, long length)
    {
        var file = new LinuxFile(path);
        for (var offset = 0L; offset < length; offset += Zeros.Length)
            file.Write(offset, Zeros.AsSpan(0, (int)Math.Min(Zeros.Length, length - offset)));
        RandomAccess.FlushToDisk(file.Handle); // The length is metadata, which fdatasync may leave for later.
        return file;
    }

    public IDurableFile Create(string path) => new LinuxFile(path);

    public void Rename(string from, string to) => File.Move(from, to, overwrite: true);

    public void Delete(string path) => File.Delete(path);

    public void SyncDirectory(string directory) => DurableFile.SyncDirectory(directory);

    public long FreeBytes(string directory) => new DriveInfo(Path.GetFullPath(directory)).AvailableFreeSpace;

    private sealed class LinuxFile(string path) : IDurableFile
    {
        public SafeFileHandle Handle { get; } =
            File.OpenHandle(path, FileMode.Create, FileAccess.Write, FileShare.Read);

        public void Write(long offset, ReadOnlySpan<byte> bytes) => RandomAccess.Write(Handle, bytes, offset);

        public void Sync() => FileCalls.SyncData(Handle);

        public void Dispose() => Handle.Dispose();
    }
}
