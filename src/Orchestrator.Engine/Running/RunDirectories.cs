using Orchestrator.Oci.Shim;

namespace Orchestrator.Engine.Running;

/// <summary>
/// What a running container has below the run root: bundle, mount point, generated files, the shim's state.
/// </summary>
/// <remarks>Folders are named by half the id: a socket's path has 107 bytes in all.</remarks>
internal sealed class RunDirectories
{
    private const int NameLength = 32;
    private const string ScratchPrefix = "files-";

    private readonly string root;

    public RunDirectories(string runRoot)
    {
        root = Path.Combine(runRoot, "containers");
        Directory.CreateDirectory(root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public string Bundle(string id) => Path.Combine(root, id[..NameLength]);

    /// <summary>Key of the snapshot of an image that is mounted into a container, the first, the second and so on.
    /// </summary>
    public static string ImageKey(string id, int number) => $"{id}.{number}";

    public string Rootfs(string id) => Path.Combine(Bundle(id), "rootfs");

    /// <summary>Where the root of a container that is down is mounted for a while.</summary>
    public string Scratch(string id) => Path.Combine(root, ScratchPrefix + id[..NameLength]);

    public IReadOnlyList<string> Scratches() => Directory.GetDirectories(root, ScratchPrefix + "*");

    /// <summary>Names of run folders that begin so.</summary>
    public IReadOnlyList<string> Names(string prefix) =>
        [.. Directory.GetDirectories(root, prefix + "*").Select(path => Path.GetFileName(path))];

    public string Etc(string id) => Path.Combine(Bundle(id), "etc");

    /// <summary>The /dev/shm of a container that shares it.</summary>
    public string Shm(string id) => Path.Combine(Bundle(id), "shm");

    /// <summary>Files that are in memory alone.</summary>
    public string Memory(string id) => Path.Combine(Bundle(id), "memory");

    public ShimDirectory Shim(string id) => new(Path.Combine(Bundle(id), "shim"));

    public void Create(string id)
    {
        Directory.CreateDirectory(Rootfs(id));
        Directory.CreateDirectory(Etc(id));
        Directory.CreateDirectory(Shim(id).Path);
    }

    /// <remarks>Not recursive into the root: should it still be mounted, nothing of the container is touched.</remarks>
    public void Delete(string id)
    {
        if (!Directory.Exists(Bundle(id)))
            return;
        foreach (var mountPoint in new[] { Rootfs(id), Shm(id), Memory(id) }.Where(Directory.Exists))
            Directory.Delete(mountPoint, recursive: false);
        Directory.Delete(Bundle(id), recursive: true);
    }
}
