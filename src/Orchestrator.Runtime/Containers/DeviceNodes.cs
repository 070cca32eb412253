using Orchestrator.Linux.Files;
using Orchestrator.Linux.Io;
using Orchestrator.Linux.Mounts;
using Orchestrator.Oci.Bundle;
using Orchestrator.Runtime.Plans;

namespace Orchestrator.Runtime.Containers;

/// <summary>A file system of nothing but the device nodes of a container whose root may make none itself; bound from
/// there they have number, mode and owner as asked, wherever the host may keep its own.</summary>
internal static class DeviceNodes
{
    /// <returns>A mount of it that hangs nowhere.</returns>
    public static FileDescriptor Make(LinuxSpec linux)
    {
        using var context = FileSystemContext.Open("tmpfs");
        context.Set("mode", "0711");
        var mount = context.Make();
        using var directory = DirectoryHandle.Open(mount.ProcPath);
        foreach (var (index, device) in DevicePlan.All(linux).Index().Where(d => d.Item.Type != "p"))
            MakeNode(directory, DevicePlan.NodeName(index), device, linux);
        return mount;
    }

    private static void MakeNode(DirectoryHandle directory, string name, DeviceSpec device, LinuxSpec linux)
    {
        var number = FileStatus.MakeDevice((uint)device.Major, (uint)device.Minor);
        directory.MakeNode(name, DevicePlan.Kind(device.Type), number);
        directory.ChangeOwner(
            name, IdMaps.ToHost(linux.UidMappings, device.Uid ?? 0) ?? 0,
            IdMaps.ToHost(linux.GidMappings, device.Gid ?? 0) ?? 0);
        directory.ChangeMode(name, DevicePlan.Permissions(device));
    }
}
