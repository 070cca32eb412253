namespace Orchestrator.Store.Log;

/// <summary>
/// The file system as the raft log needs it. The daemon hands in Linux's; .NET alone cannot sync a directory, nor data
/// without metadata. Calls block; an exception means that nothing may be assumed about the write it belongs to.
/// </summary>
public interface IDurableFiles
{
    /// <summary>Names (not paths) of the files in a directory; none if there is no such directory.</summary>
    IReadOnlyList<string> List(string directory);

    /// <summary>Makes a directory and its parents, durably.</summary>
    void MakeDirectory(string directory);

    Stream OpenRead(string path);

    /// <summary>
    /// Makes a new file of <paramref name="length"/> bytes, all of them written as zeros and synced: a later overwrite
    /// then has no extent to convert, which makes its sync several times cheaper than after a mere fallocate.
    /// </summary>
    IDurableFile CreateZeroed(string path, long length);

    /// <summary>Makes a new, empty file, replacing one of that name.</summary>
    IDurableFile Create(string path);

    /// <summary>Replaces <paramref name="to"/>. Lasts only once the directory is synced.</summary>
    void Rename(string from, string to);

    /// <summary>No error if there is none.</summary>
    void Delete(string path);

    /// <summary>fsync of a directory: makes its creations, renames and removals last.</summary>
    void SyncDirectory(string directory);

    /// <summary>Bytes that an unprivileged writer could still write there.</summary>
    long FreeBytes(string directory);
}

/// <summary>A file open for writing.</summary>
public interface IDurableFile : IDisposable
{
    /// <summary>All of <paramref name="bytes"/>, at an offset; a short write is an error.</summary>
    void Write(long offset, ReadOnlySpan<byte> bytes);

    /// <summary>
    /// fdatasync. Must never be repeated after it failed: the kernel may have marked lost pages as clean.
    /// </summary>
    void Sync();
}
