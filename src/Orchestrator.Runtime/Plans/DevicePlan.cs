using Orchestrator.Init;
using Orchestrator.Linux.Files;
using Orchestrator.Oci.Bundle;

namespace Orchestrator.Runtime.Plans;

/// <summary>Device nodes, and the links every container has in /dev.</summary>
internal static class DevicePlan
{
    private static readonly DeviceSpec[] Defaults =
    [
        Character("/dev/null", 1, 3), Character("/dev/zero", 1, 5), Character("/dev/full", 1, 7),
        Character("/dev/random", 1, 8), Character("/dev/urandom", 1, 9), Character("/dev/tty", 5, 0),
    ];

    private static readonly (string Path, string Target)[] Links =
    [
        ("/dev/ptmx", "pts/ptmx"), ("/dev/fd", "/proc/self/fd"), ("/dev/stdin", "/proc/self/fd/0"),
        ("/dev/stdout", "/proc/self/fd/1"), ("/dev/stderr", "/proc/self/fd/2"), ("/dev/core", "/proc/kcore"),
    ];

    public static IEnumerable<PlanEntry> Build(LinuxSpec linux, PlanFiles files)
    {
        foreach (var (index, device) in All(linux).Index())
            yield return files.Devices == 0 || device.Type == "p" ? Make(device) : Bind(device, index, files.Devices);
        foreach (var (path, target) in Links)
            yield return new(PlanOp.MakeLink, $"link {path}") { Text1 = path, Text2 = target };
    }

    /// <summary>Those asked for, and before them the usual ones that are not among them.</summary>
    public static IReadOnlyList<DeviceSpec> All(LinuxSpec linux)
    {
        var asked = linux.Devices ?? [];
        return [.. Defaults.Where(d => asked.All(a => a.Path != d.Path)), .. asked];
    }

    /// <summary>S_IFMT of a type.</summary>
    public static uint Kind(string type) => (uint)(type switch
    {
        "c" or "u" => FileKind.CharacterDevice,
        "b" => FileKind.BlockDevice,
        "p" => FileKind.Fifo,
        _ => throw new RuntimeException($"device type \"{type}\" is none of c, b, u, p"),
    });

    public static uint Permissions(DeviceSpec device) => device.FileMode ?? 0x1b6;

    /// <summary>The name of one among the nodes of <see cref="PlanFiles.Devices"/>.</summary>
    public static string NodeName(int index) => $"node{index}";

    private static PlanEntry Make(DeviceSpec device) => new(PlanOp.MakeNode, $"make device {device.Path}")
    {
        Text1 = device.Path,
        A = Kind(device.Type) | Permissions(device),
        B = (long)FileStatus.MakeDevice((uint)device.Major, (uint)device.Minor),
        C = (device.Uid ?? 0) | ((long)(device.Gid ?? 0) << 32),
        Flags = Defaults.Contains(device) ? PlanFlag.Keep : 0,
    };

    /// <summary>Root of a user namespace may not make device nodes.</summary>
    private static PlanEntry Bind(DeviceSpec device, int index, int directory) =>
        new(PlanOp.BindNode, $"bind device {device.Path}")
        {
            Text1 = device.Path, Text2 = NodeName(index), A = directory,
        };

    private static DeviceSpec Character(string path, long major, long minor) =>
        new() { Type = "c", Path = path, Major = major, Minor = minor };
}
