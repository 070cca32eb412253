using Orchestrator.Linux.Mounts;
using Orchestrator.Linux.Processes;

namespace Orchestrator.Runtime.Checks;

/// <summary>File systems and kinds of mounts, each made once and hung nowhere.</summary>
internal static class MountChecks
{
    private const string Area = "mounts";

    public static IEnumerable<Finding> All()
    {
        yield return FileSystem("tmpfs", "no /dev, no /dev/shm").Required();
        yield return FileSystem("devpts", "no terminals", ("newinstance", null));
        yield return FileSystem("mqueue", "no POSIX message queues: the default mounts have /dev/mqueue");
        var folder = Directory.CreateTempSubdirectory("orch-check-").FullName;
        try
        {
            yield return Probe.Found(
                Area, "overlay", Probe.Do(() => Overlay(folder)), $"made one over {Path.GetTempPath()}",
                "images are copied for each container");
            yield return Probe.Found(
                Area, "idmapped", Probe.Do(() => IdMapped(folder)), $"made one of {Path.GetTempPath()}",
                "volumes of containers with user namespaces are owned by their host ids; uidMappings of mounts are refused");
            yield return Probe.Found(
                Area, "recursive attributes", Probe.Do(() => ReadOnlyTree(folder)), "mount_setattr on a tree",
                "read-only binds leave what is mounted below writable; rro is refused").Required();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Finding FileSystem(string type, string cost, params (string Key, string? Value)[] options) =>
        Probe.Found(Area, type, Probe.Do(() => Make(type, options)), "made one", cost);

    private static void Make(string type, params (string Key, string? Value)[] options)
    {
        using var context = FileSystemContext.Open(type);
        foreach (var (key, value) in options)
        {
            if (value is null)
                context.Set(key);
            else
                context.Set(key, value);
        }

        context.Make().Dispose();
    }

    private static void Overlay(string folder)
    {
        string Sub(string name) => Directory.CreateDirectory(Path.Combine(folder, name)).FullName;
        Make("overlay", ("lowerdir", Sub("lower")), ("upperdir", Sub("upper")), ("workdir", Sub("work")));
    }

    private static void IdMapped(string folder)
    {
        using var map = UserNamespace.Create("0 100000 65536\n", "0 100000 65536\n");
        using var tree = MountTree.Clone(folder, recursive: false);
        MountTree.SetAttributes(tree, 0, 0, MountFlags.None, recursive: false, map);
    }

    private static void ReadOnlyTree(string folder)
    {
        const long readOnly = 1;
        using var tree = MountTree.Clone(folder, recursive: true);
        MountTree.SetAttributes(tree, readOnly, 0, MountFlags.Private, recursive: true);
    }
}
