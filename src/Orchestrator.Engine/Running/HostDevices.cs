using Orchestrator.Engine.Containers;
using Orchestrator.Linux;
using Orchestrator.Linux.Files;
using Orchestrator.Oci.Bundle;

namespace Orchestrator.Engine.Running;

/// <summary>Devices of the host that containers are given, by their numbers.</summary>
internal static class HostDevices
{
    /// <summary>Below /dev, but a container's own.</summary>
    private static readonly string[] NotThere =
        ["pts", "shm", "fd", "mqueue", "hugepages", "console", ".lxc", ".lxd-mounts", ".udev"];

    /// <summary>The device asked for; of a folder, every device below it.</summary>
    public static IEnumerable<(DeviceSpec Node, string Access)> Find(DeviceRequest request)
    {
        var target = request.ContainerPath.Length > 0 ? request.ContainerPath : request.HostPath;
        var access = request.Permissions.Length > 0 ? request.Permissions : "rwm";
        var found = Directory.Exists(request.HostPath)
            ? Below(Resolve(request.HostPath), target.TrimEnd('/')).ToList()
            : Stat(Resolve(request.HostPath), target) is { } one ? [one] : [];
        return found.Count > 0 ? found.Select(node => (node, access)) : throw Refused(request, "not a device node");

        string Resolve(string path) => Real(path) ?? throw Refused(request, "no such file or directory");
    }

    /// <summary>Everything the host has, as a privileged container sees it.</summary>
    public static IEnumerable<DeviceSpec> All() => Below("/dev", "/dev");

    /// <exception cref="EngineException">It is no block device of the host.</exception>
    public static (long Major, long Minor) Block(string path) =>
        Real(path) is { } real && Stat(real, path) is { Type: "b" } device
            ? (device.Major, device.Minor)
            : throw EngineException.Invalid(
                $"error setting limits of block device \"{path}\": "
                + (Path.Exists(path) ? "not a block device" : "no such file or directory"));

    private static IEnumerable<DeviceSpec> Below(string folder, string target)
    {
        foreach (var path in Directory.EnumerateFileSystemEntries(folder).Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileName(path);
            if (NotThere.Contains(name) || new FileInfo(path).LinkTarget is not null)
                continue;
            if (Directory.Exists(path))
            {
                foreach (var device in Below(path, $"{target}/{name}"))
                    yield return device;
            }
            else if (Stat(path, $"{target}/{name}") is { } device)
            {
                yield return device;
            }
        }
    }

    /// <returns>Null: it is no device, or is gone.</returns>
    private static DeviceSpec? Stat(string path, string target)
    {
        using var directory = DirectoryHandle.Open(Path.GetDirectoryName(path) ?? "/");
        if (!directory.TryStat(Path.GetFileName(path), out var status)
            || status.Kind is not (FileKind.CharacterDevice or FileKind.BlockDevice))
            return null;
        return new DeviceSpec
        {
            Type = status.Kind == FileKind.CharacterDevice ? "c" : "b",
            Path = target,
            Major = status.Major,
            Minor = status.Minor,
            FileMode = status.Permissions,
            Uid = status.Uid,
            Gid = status.Gid,
        };
    }

    /// <summary>/dev/disk/by-id/… and the like are links to the device.</summary>
    private static string? Real(string path)
    {
        try
        {
            return !Path.Exists(path) ? null : File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static EngineException Refused(DeviceRequest request, string why) => EngineException.Invalid(
        $"error gathering device information while adding custom device \"{request.HostPath}\": {why}");
}
