using System.Collections.Concurrent;
using Orchestrator.Engine.Containers;
using Orchestrator.Engine.Running;
using Orchestrator.Images;
using Orchestrator.Linux;
using Orchestrator.Linux.Files;
using Orchestrator.Linux.Mounts;

namespace Orchestrator.Engine.Volumes;

/// <summary>Keeps volumes that are more than a folder, and images, mounted for as long as someone uses them, and finds
/// parts of either.</summary>
/// <remarks>A mount outlives the daemon. Whoever adopts the container takes its hold over; what nobody holds goes at
/// the volume's next release or removal.</remarks>
internal sealed class VolumeMounts
{
    private const int NameLength = 32;

    private readonly VolumeStore volumes;
    private readonly ImageService images;
    private readonly RootMounter roots;
    private readonly string parts;

    /// <summary>Volume → its users. The set is also the lock under which that volume is mounted and unmounted.
    /// </summary>
    private readonly ConcurrentDictionary<string, HashSet<string>> holds = new();

    public VolumeMounts(VolumeStore volumes, ImageService images, RootMounter roots, string runRoot)
    {
        (this.volumes, this.images, this.roots) = (volumes, images, roots);
        parts = Path.Combine(runRoot, "volume-parts");
        Directory.CreateDirectory(parts, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>Makes all volumes and images among the mounts usable.</summary>
    /// <param name="user">64 characters or more, for <see cref="Release"/>.</param>
    /// <param name="remapped">Ids of images are to be those of the daemon's remapping.</param>
    /// <returns>The mounts with the sources to bind.</returns>
    /// <exception cref="EngineException">A device cannot be mounted, or a part is not there. Nothing is held.
    /// </exception>
    public IReadOnlyList<MountRecord> Hold(IReadOnlyList<MountRecord> mounts, string user, bool remapped)
    {
        try
        {
            return
            [
                .. mounts.Select((mount, index) => mount.Type switch
                {
                    "volume" => Hold(mount, index, user),
                    "image" => HoldImage(mount, index, user, remapped),
                    _ => mount,
                }),
            ];
        }
        catch
        {
            Release(user);
            throw;
        }
    }

    /// <summary>Of a container that an earlier daemon started: all is mounted already.</summary>
    public void Adopt(ContainerRecord record)
    {
        foreach (var mount in record.Mounts.Where(mount => mount.Type == "volume"))
        {
            var users = holds.GetOrAdd(mount.Name, _ => []);
            lock (users)
                users.Add(record.Id);
        }
    }

    public void Release(string user)
    {
        foreach (var part in Directory.GetFileSystemEntries(parts, $"{user[..NameLength]}.*"))
            RemovePart(part);
        foreach (var (volume, users) in holds)
        {
            lock (users)
            {
                if (users.Remove(user) && users.Count == 0)
                    volumes.Unmount(volume);
            }
        }
    }

    private MountRecord Hold(MountRecord mount, int index, string user)
    {
        var device = MountDevice(mount, user);
        var source = mount.Subpath.Length == 0
            ? mount.Source : BindPart(volumes.PathOf(mount.Name), mount.Subpath, PartOf(user, index));
        // Said again: a bind of what is read-only may be made writable.
        var readOnly = mount.ReadOnly || device?.Flags.HasFlag(MountFlags.ReadOnly) == true;
        return mount with { Source = source, ReadOnly = readOnly };
    }

    private MountRecord HoldImage(MountRecord mount, int index, string user, bool remapped)
    {
        var snapshot = images.FindSnapshot(mount.Name) ?? throw new EngineException(
            EngineError.Internal, $"the image {mount.Source} at {mount.Target} is gone; create the container again");
        var place = PartOf(user, index);
        RemovePart(place);
        Directory.CreateDirectory(place);
        roots.Mount(snapshot, place, remapped);
        return mount with
        {
            Source = mount.Subpath.Length == 0 ? place : BindPart(place, mount.Subpath, place + ".part"),
        };
    }

    private VolumeDevice? MountDevice(MountRecord mount, string user)
    {
        var users = holds.GetOrAdd(mount.Name, _ => []);
        lock (users)
        {
            var path = volumes.PathOf(mount.Name);
            if (volumes.Find(mount.Name) is not { } volume)
                throw new EngineException(
                    EngineError.NotFound,
                    $"get {mount.Name}: no such volume; make it: orch volume create {mount.Name}");
            var device = VolumeDevice.Parse(volume.Options);
            if (device is not null && !MountPointTable.Contains(path))
                VolumeDeviceMounter.Mount(device, path);
            users.Add(user);
            return device;
        }
    }

    /// <summary>Through an open descriptor: whoever writes to the volume may put a link in the way at any moment, and
    /// it shall lead nowhere else.</summary>
    private static string BindPart(string whole, string subpath, string place)
    {
        try
        {
            using var folder = DirectoryHandle.Open(whole);
            using var part = folder.OpenIn(subpath, OpenFlags.O_PATH);
            var source = $"/proc/self/fd/{part.DangerousGetHandle()}";
            RemovePart(place);
            if (Directory.Exists(source))
                Directory.CreateDirectory(place);
            else
                File.WriteAllBytes(place, []);
            MountCalls.Mount(source, place, null, MountFlags.Bind | MountFlags.Recursive);
            return place;
        }
        catch (LinuxException e)
        {
            throw EngineException.Invalid(
                $"cannot access path {whole}/{subpath}: "
                + (e.Errno == Errno.ENOENT ? "no such file or directory; make it first" : e.Message));
        }
    }

    private string PartOf(string user, int index) => Path.Combine(parts, $"{user[..NameLength]}.{index}");

    /// <remarks>Never recursive: should it still be mounted, what is in the volume stays.</remarks>
    private static void RemovePart(string place)
    {
        MountCalls.TryUnmount(place, detach: true);
        if (Directory.Exists(place))
            Directory.Delete(place, recursive: false);
        else
            File.Delete(place);
    }
}
