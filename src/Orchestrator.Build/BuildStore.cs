using Orchestrator.Build.Cache;
using Orchestrator.Images;
using Orchestrator.Linux.Files;
using Orchestrator.Linux.Mounts;

namespace Orchestrator.Build;

/// <summary>What builds keep on a node, and where they work.</summary>
/// <remarks><c>build/cache</c> has a file a record, <c>build/mounts</c> the folders of cache mounts, <c>build/work</c> a
/// folder for each build that runs.</remarks>
public sealed class BuildStore
{
    /// <summary>20 GB.</summary>
    public const long DefaultCacheBytes = 20_000_000_000;

    private long cacheBytes = DefaultCacheBytes;

    private BuildStore(string work, string secrets, BuildCache cache, CacheFolders folders) =>
        (Work, Volatile, Cache, Folders) = (work, secrets, cache, folders);

    /// <summary>What the cache alone may take up after a build; then the least recently used goes.</summary>
    public long CacheBytes
    {
        get => Interlocked.Read(ref cacheBytes);
        set => Interlocked.Exchange(ref cacheBytes, value);
    }

    public BuildCache Cache { get; }

    public CacheFolders Folders { get; }

    internal string Work { get; }

    /// <summary>For what must not get onto a disk.</summary>
    internal string Volatile { get; }

    /// <summary>Opens it, removing what builds left that a crash ended. Before anything collects garbage.</summary>
    /// <param name="dataRoot">Survives a reboot.</param>
    /// <param name="runRoot">Does not.</param>
    public static BuildStore Open(string dataRoot, string runRoot, ImageService images, TimeProvider time)
    {
        var root = Path.Combine(dataRoot, "build");
        var (work, secrets) = (Path.Combine(root, "work"), Path.Combine(runRoot, "build"));
        foreach (var mount in MountPointTable.Below(work))
            MountCalls.TryUnmount(mount, detach: true);
        foreach (var folder in (string[])[work, secrets])
        {
            DirectoryTree.Delete(folder);
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        var cache = BuildCache.Open(Path.Combine(root, "cache"), images.Workshop, time);
        var mounts = new CacheFolders(Path.Combine(root, "mounts"));
        mounts.Sweep();
        return new BuildStore(work, secrets, cache, mounts);
    }

    /// <summary>A folder for the context of one build; disposing it removes it.</summary>
    public BuildFolder NewFolder() => new(Path.Combine(Work, Guid.NewGuid().ToString("N")));

    internal BuildFolder NewVolatile() => new(Path.Combine(Volatile, Guid.NewGuid().ToString("N")));
}

/// <summary>A folder that goes with whoever made it.</summary>
public sealed class BuildFolder : IDisposable
{
    internal BuildFolder(string path)
    {
        Path = path;
        Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public string Path { get; }

    public void Dispose() => DirectoryTree.Delete(Path);
}
