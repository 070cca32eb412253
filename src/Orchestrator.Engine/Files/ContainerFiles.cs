using Orchestrator.Engine.Containers;
using Orchestrator.Engine.Running;
using Orchestrator.Engine.Volumes;
using Orchestrator.Images;
using Orchestrator.Images.Layers;
using Orchestrator.Images.Tar;
using Orchestrator.Images.Trees;
using Orchestrator.Linux;
using Orchestrator.Linux.Files;

namespace Orchestrator.Engine.Files;

/// <summary>The files of containers, running or not: what changed, copies in and out, the whole of them.</summary>
public sealed class ContainerFiles
{
    private readonly EngineOptions options;
    private readonly ContainerTable table;
    private readonly RunDirectories directories;
    private readonly ImageService images;
    private readonly VolumeMounts volumes;
    private readonly ContainerEvents events;

    internal ContainerFiles(
        EngineOptions options, ContainerTable table, RunDirectories directories, ImageService images,
        VolumeMounts volumes, ContainerEvents events)
    {
        (this.options, this.table, this.directories) = (options, table, directories);
        (this.images, this.volumes, this.events) = (images, volumes, events);
        foreach (var left in directories.Scratches())
            ContainerRoot.Unmount(left); // Of a daemon that was killed.
    }

    /// <summary>What the container changed of its image; folders before what is in them.</summary>
    public IReadOnlyList<PathChange> Changes(string reference)
    {
        var record = table.Get(reference).Record;
        return images.Changes(record.Id, MountPoints.Of(record).Contains);
    }

    /// <summary>The container's own files, without what is mounted into it.</summary>
    public Task ExportAsync(string reference, Stream output, CancellationToken cancellationToken) =>
        WithAsync(reference, withMounts: false, async (root, record) =>
        {
            var tar = new TarWriter(output);
            await Archiver(tar, record).WriteAsync(root, ".", "", cancellationToken);
            await tar.FinishAsync(cancellationToken);
            events.Publish(record, "export");
        }, cancellationToken);

    /// <exception cref="EngineException">NotFound.</exception>
    public async Task<PathStatus> StatAsync(string reference, string path, CancellationToken cancellationToken)
    {
        PathStatus? found = null;
        await WithAsync(reference, withMounts: true, (root, record) =>
        {
            using var place = ContainerPath.Find(root, record.Id, path);
            found = place.Describe(root);
            return Task.CompletedTask;
        }, cancellationToken);
        return found!;
    }

    /// <summary>Writes a file, or a folder with all below, as a tar.</summary>
    /// <param name="begin">Told what it is, before the first byte.</param>
    public Task ReadAsync(
        string reference, string path, Func<PathStatus, Task<Stream>> begin, CancellationToken cancellationToken) =>
        WithAsync(reference, withMounts: true, async (root, record) =>
        {
            using var place = ContainerPath.Find(root, record.Id, path);
            var tar = new TarWriter(await begin(place.Describe(root)));
            await Archiver(tar, record).WriteAsync(place.Folder, place.Name, place.BaseName, cancellationToken);
            await tar.FinishAsync(cancellationToken);
            events.Publish(record, "archive-path");
        }, cancellationToken);

    /// <summary>Unpacks a tar, plain or compressed, into a folder of the container.</summary>
    /// <exception cref="EngineException">
    /// NotFound; Invalid: no folder, or not writable, or a damaged archive.
    /// </exception>
    public Task WriteAsync(
        string reference, string path, Stream archive, UnpackOptions options, CancellationToken cancellationToken) =>
        WithAsync(reference, withMounts: true, async (root, record) =>
        {
            CheckFolder(root, record, path);
            var folder = ContainerPath.Relative(Path.GetFullPath("/" + path.TrimStart('/')));
            try
            {
                var extractor = new TreeExtractor(root, folder == "." ? "" : folder)
                {
                    KeepsKinds = options.KeepsKinds, Owner = options.AsUser ? OwnerOf(record, root) : null,
                    Owners = RemapOf(record) is { } map ? map.Outside : (uid, gid) => (uid, gid),
                };
                if (RemapOf(record) is { } remap)
                    await FilesAs.RunAsync(remap.RootUid, remap.RootGid, () => ExtractAsync(
                        extractor, new BlockingStream(archive), cancellationToken).GetAwaiter().GetResult());
                else
                    await ExtractAsync(extractor, archive, cancellationToken);
                events.Publish(record, "extract-to-dir");
            }
            catch (Exception e) when (e is TarException or InvalidDataException or ImageException)
            {
                throw EngineException.Invalid(e.Message);
            }
        }, cancellationToken);

    private static async Task ExtractAsync(
        TreeExtractor extractor, Stream archive, CancellationToken cancellationToken)
    {
        await using var plain = await LayerCompression.DecompressAsync(archive, cancellationToken);
        await extractor.ExtractAsync(new TarReader(plain), cancellationToken);
    }

    /// <summary>Of one that runs, and so is seen with the host's ids for its own users.</summary>
    private UserRemap? RemapOf(ContainerRecord record) =>
        record.State.IsUp && record.Spec.Host.UsernsMode != ModeCheck.Host ? options.UserRemap : null;

    private TreeArchiver Archiver(TarWriter tar, ContainerRecord record) => RemapOf(record) is { } remap
        ? new TreeArchiver(tar) { Owners = remap.Inside }
        : new TreeArchiver(tar);

    private static void CheckFolder(DirectoryHandle root, ContainerRecord record, string path)
    {
        using var place = ContainerPath.Find(root, record.Id, path.TrimEnd('/') + "/");
        if (place.Status.Kind != FileKind.Directory)
            throw EngineException.Invalid("extraction point is not a directory");
        if (record.Spec.Host.ReadonlyRootfs
            && record.Mounts.All(mount => mount.ReadOnly || !IsBelow(path, mount.Target)))
            throw EngineException.Invalid("container rootfs is marked read-only");
    }

    private static (uint Uid, uint Gid) OwnerOf(ContainerRecord record, DirectoryHandle root)
    {
        var user = UserResolver.Resolve(root.ProcPath, record.Process.User, []);
        return (user.Uid, user.Gid);
    }

    private static bool IsBelow(string path, string target) =>
        path == target || path.StartsWith(target + "/", StringComparison.Ordinal);

    /// <summary>Does something with the container's root. One that is down is kept from starting meanwhile; of one that
    /// runs, what is open stays open when it ends.</summary>
    private async Task WithAsync(
        string reference, bool withMounts, Func<DirectoryHandle, ContainerRecord, Task> action,
        CancellationToken cancellationToken)
    {
        var entry = table.Get(reference);
        var gate = await entry.Gate.EnterAsync(cancellationToken);
        var holds = true;
        try
        {
            using var root = Open(entry, withMounts);
            if (entry.Run is not null)
            {
                gate.Dispose();
                holds = false;
            }

            await action(root.Root, entry.Record);
        }
        catch (LinuxException e)
        {
            throw new EngineException(EngineError.Internal, e.Message, e);
        }
        finally
        {
            if (holds)
            {
                volumes.Release(entry.Id);
                gate.Dispose();
            }
        }
    }

    private ContainerRoot Open(ContainerEntry entry, bool withMounts)
    {
        var record = entry.Record;
        if (entry.Run is { } run)
            return withMounts
                ? ContainerRoot.OfProcess(run.Pid) : ContainerRoot.OfFolder(directories.Rootfs(record.Id));
        var snapshot = images.FindSnapshot(record.Id) ?? throw new EngineException(
            EngineError.Internal, $"the file system of container {record.ShortId} is gone; remove the container");
        var mounts = withMounts ? volumes.Hold(record.Mounts, record.Id, RemapOf(record) is not null) : [];
        return ContainerRoot.Mount(snapshot, mounts, directories.Scratch(record.Id), Fill);

        // First use of a volume, as the start would be; with users of its own only the start knows how.
        void Fill(string root)
        {
            if (options.UserRemap is null || record.Spec.Host.UsernsMode == ModeCheck.Host)
                VolumeFiller.Fill(mounts, root, remap: null);
        }
    }
}
