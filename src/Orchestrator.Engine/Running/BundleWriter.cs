using Orchestrator.Engine.Containers;
using Orchestrator.Linux.Files;
using Orchestrator.Linux.Processes;
using Orchestrator.Network;
using Orchestrator.Oci.Bundle;

namespace Orchestrator.Engine.Running;

/// <summary>Collects from the host what a bundle needs and writes it where the shim reads it.</summary>
internal sealed class BundleWriter(EngineOptions options, RunDirectories directories, ContainerTable table)
{
    private string[]? hostCapabilities;

    /// <summary>What the daemon itself has, and can hand on at most.</summary>
    public string[] HostCapabilities() =>
        hostCapabilities ??= [.. Capabilities.NamesOf(Capabilities.OfThisProcess())];

    public void Write(ContainerRecord record, NetworkLinks links)
    {
        var host = record.Spec.Host;
        var rootfs = directories.Rootfs(record.Id);
        var parent = host.CgroupParent.Length > 0 ? host.CgroupParent : options.CgroupParent;
        var spec = BundleBuilder.Build(new BundleInput
        {
            Record = record,
            Rootfs = rootfs,
            User = UserResolver.Resolve(rootfs, record.Process.User, host.GroupAdd),
            Joined = Joined(host, links),
            Hostname = Hostnames.Of(record),
            Files = WriteFiles(record, links.Files),
            CgroupsPath = $"/{parent.Trim('/')}/{record.Id}",
            ShmSizeBytes = host.ShmSizeBytes > 0 ? host.ShmSizeBytes : options.ShmSizeBytes,
            HostCapabilities = HostCapabilities(),
            Devices = [.. host.Devices.Select(Device)],
        });
        BundleDirectory.Write(directories.Bundle(record.Id), spec);
    }

    /// <summary>
    /// Rewrites the files of a running container in place: they are bind-mounted, so the inode must stay.
    /// </summary>
    public void RefreshFiles(ContainerRecord record, SandboxFiles files) => WriteFiles(record, files);

    private List<(string Target, string Source)> WriteFiles(ContainerRecord record, SandboxFiles? files)
    {
        var content = files ?? new SandboxFiles(
            Hostnames.Of(record) + "\n", ReadHost("/etc/hosts"), ReadHost("/etc/resolv.conf"));
        var folder = directories.Etc(record.Id);
        return
        [
            ("/etc/resolv.conf", Put(folder, "resolv.conf", content.ResolvConf)),
            ("/etc/hostname", Put(folder, "hostname", content.Hostname)),
            ("/etc/hosts", Put(folder, "hosts", content.Hosts)),
        ];
    }

    private static string ReadHost(string path) => File.Exists(path) ? File.ReadAllText(path) : "";

    private static string Put(string folder, string name, string content)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllText(path, content);
        return path;
    }

    private Dictionary<string, string> Joined(HostSpec host, NetworkLinks links)
    {
        var joined = new Dictionary<string, string> { ["network"] = links.Namespace };
        AddMode(joined, "pid", host.PidMode);
        AddMode(joined, "ipc", host.IpcMode);
        if (host.UtsMode == "host")
            joined["uts"] = "";
        if (host.CgroupnsMode == "host")
            joined["cgroup"] = "";
        return joined;
    }

    private void AddMode(Dictionary<string, string> joined, string kind, string mode)
    {
        if (mode == "host")
            joined[kind] = "";
        else if (mode.StartsWith("container:", StringComparison.Ordinal))
            joined[kind] = $"/proc/{PidOf(kind, mode[10..])}/ns/{kind}";
    }

    private int PidOf(string kind, string reference)
    {
        var other = table.Get(reference);
        return other.Run?.Pid ?? throw EngineException.Conflict(
            $"cannot join {kind.ToUpperInvariant()} of a non running container: {other.Id}");
    }

    private static (DeviceSpec Node, string Access) Device(DeviceRequest request)
    {
        using var directory = DirectoryHandle.Open(Path.GetDirectoryName(request.HostPath) ?? "/");
        if (!directory.TryStat(Path.GetFileName(request.HostPath), out var status)
            || status.Kind is not (FileKind.CharacterDevice or FileKind.BlockDevice))
        {
            throw EngineException.Invalid(
                "error gathering device information while adding custom device "
                + $"\"{request.HostPath}\": not a device node");
        }

        var node = new DeviceSpec
        {
            Type = status.Kind == FileKind.CharacterDevice ? "c" : "b",
            Path = request.ContainerPath.Length > 0 ? request.ContainerPath : request.HostPath,
            Major = status.Major,
            Minor = status.Minor,
            FileMode = status.Permissions,
            Uid = status.Uid,
            Gid = status.Gid,
        };
        return (node, request.Permissions.Length > 0 ? request.Permissions : "rwm");
    }
}
