using Orchestrator.Oci.Shim;

namespace Orchestrator.Runtime.Containers;

/// <summary>The directory (<c>--root</c>) in which the OCI commands keep a directory per container.</summary>
internal sealed class StateRoot(string path)
{
    public string DirectoryOf(string id) => Path.Combine(path, id);

    /// <summary>Takes the id, by making its directory.</summary>
    public string Claim(string id)
    {
        Directory.CreateDirectory(path);
        var directory = DirectoryOf(id);
        if (Directory.Exists(directory))
            throw new RuntimeException($"container with id exists already: {id}; delete it, or choose another id");
        Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return directory;
    }

    /// <exception cref="RuntimeException">There is no such container.</exception>
    public ShimDirectory Find(string id) =>
        Directory.Exists(DirectoryOf(id)) ? new(DirectoryOf(id))
            : throw new RuntimeException($"container does not exist: {id}");

    /// <exception cref="RuntimeException">There is no such container.</exception>
    public ContainerState Load(string id) =>
        Find(id).ReadState()
            ?? throw new RuntimeException($"container {id} has no state; it was being created or deleted");

    public IEnumerable<string> Ids() =>
        Directory.Exists(path) ? Directory.EnumerateDirectories(path).Select(d => Path.GetFileName(d)!) : [];

    public static void Save(ShimDirectory directory, ContainerState state) => directory.WriteState(state);
}
