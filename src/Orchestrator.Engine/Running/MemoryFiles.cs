using Orchestrator.Engine.Containers;
using Orchestrator.Linux;
using Orchestrator.Linux.Files;
using Orchestrator.Linux.Mounts;

namespace Orchestrator.Engine.Running;

/// <summary>The files of containers that are in memory alone: a small tmpfs each, on the host for its root only.</summary>
internal sealed class MemoryFiles(RunDirectories directories, Func<IFileContents?> contents)
{
    private const long SpareBytes = 64 * 1024;

    /// <summary>Mounts and fills it, if there is anything to be in it.</summary>
    /// <exception cref="EngineException">Nobody knows what is in one.</exception>
    public void Mount(ContainerRecord record, UserRemap? remap)
    {
        if (record.Spec.Files is not { Count: > 0 } files)
            return;
        var read = files.Select(file => contents()?.TryRead(file.Id) ?? throw new EngineException(
            EngineError.Conflict, $"this node was not told what is in {file.Name}; only the cluster starts its tasks"))
            .ToList();
        var folder = directories.Memory(record.Id);
        Directory.CreateDirectory(folder);
        MountTmpfs(folder, read.Sum(data => (data.Length + 4095) & ~4095) + SpareBytes);
        using var handle = DirectoryHandle.Open(folder);
        for (var i = 0; i < files.Count; i++)
            Write(handle, Name(i), Path.Combine(folder, Name(i)), files[i], read[i], remap);
    }

    /// <summary>Target in the container, and the file on the host.</summary>
    public IEnumerable<(string Target, string Source)> Of(ContainerRecord record) =>
        (record.Spec.Files ?? []).Select((file, i) => (file.Target, Path.Combine(directories.Memory(record.Id), Name(i))));

    public void Unmount(string id)
    {
        if (Directory.Exists(directories.Memory(id)))
            MountCalls.TryUnmount(directories.Memory(id), detach: true);
    }

    private static string Name(int number) => $"{number}";

    /// <summary>Kept out of swap where the kernel can do that (6.4).</summary>
    private static void MountTmpfs(string folder, long bytes)
    {
        const MountFlags Flags = MountFlags.NoSuid | MountFlags.NoDev | MountFlags.NoExec;
        var options = $"mode=0700,size={bytes}";
        try
        {
            MountCalls.Mount("tmpfs", folder, "tmpfs", Flags, options + ",noswap");
        }
        catch (LinuxException e) when (e.Errno == Errno.EINVAL)
        {
            MountCalls.Mount("tmpfs", folder, "tmpfs", Flags, options);
        }
    }

    private static void Write(
        DirectoryHandle folder, string name, string path, FileFromMemory file, ReadOnlyMemory<byte> data, UserRemap? remap)
    {
        using (var stream = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
            stream.Write(data.Span);
        var (uid, gid) = remap?.Outside(file.Uid, file.Gid) ?? (file.Uid, file.Gid);
        folder.ChangeOwner(name, uid, gid);
        File.SetUnixFileMode(path, (UnixFileMode)(file.Mode & 0xfff)); // After the owner, which takes set-id bits away.
    }
}
