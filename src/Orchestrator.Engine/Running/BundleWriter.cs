using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;
using Orchestrator.Engine.Containers;
using Orchestrator.Linux.Files;
using Orchestrator.Linux.Processes;
using Orchestrator.Network;
using Orchestrator.Oci.Bundle;

namespace Orchestrator.Engine.Running;

/// <summary>Collects from the host what a bundle needs and writes it where the shim reads it.</summary>
internal sealed class BundleWriter(
    EngineOptions options, RunDirectories directories, ContainerTable table, ILogger logger)
{
    private readonly Lazy<List<RlimitSpec>> defaultRlimits = new(() => ClampDefaults(options.DefaultUlimits, logger));

    private string[]? hostCapabilities;

    /// <summary>What the daemon itself has, and can hand on at most.</summary>
    public string[] HostCapabilities() =>
        hostCapabilities ??= [.. Capabilities.NamesOf(Capabilities.OfThisProcess())];

    public void Write(ContainerRecord record, NetworkLinks links, IEnumerable<(string Target, string Source)> memory)
    {
        var host = record.Spec.Host;
        DaemonPowers.Check(host);
        var rootfs = directories.Rootfs(record.Id);
        var parent = host.CgroupParent.Length > 0 ? host.CgroupParent : options.CgroupParent;
        var spec = BundleBuilder.Build(new BundleInput
        {
            Record = record,
            Rootfs = rootfs,
            User = UserResolver.Resolve(rootfs, record.Process.User, host.GroupAdd),
            Joined = Joined(host, links),
            Hostname = HostnameOf(record),
            Files = WriteFiles(record, links.Files),
            MemoryFiles = [.. memory],
            CgroupsPath = $"/{parent.Trim('/')}/{record.Id}",
            Shm = ShmOf(record),
            ShmSizeBytes = ShmSizeOf(host),
            DefaultRlimits = defaultRlimits.Value,
            BlockIo = BlockLimits.Of(host.Resources),
            HostCapabilities = HostCapabilities(),
            Devices = [.. Devices(host)],
            Remap = RemapOf(host),
            Seccomp = options.Seccomp,
            Apparmor = KernelSupport.HasApparmor ? options.Apparmor : "",
        });
        BundleDirectory.Write(directories.Bundle(record.Id), spec);
    }

    /// <summary>Null: its users are the host's.</summary>
    public UserRemap? RemapOf(HostSpec host) => host.UsernsMode == ModeCheck.Host ? null : options.UserRemap;

    public long ShmSizeOf(HostSpec host) => host.ShmSizeBytes > 0 ? host.ShmSizeBytes : options.ShmSizeBytes;

    /// <summary>
    /// Rewrites the files of a running container in place: they are bind-mounted, so the inode must stay.
    /// </summary>
    public void RefreshFiles(ContainerRecord record, SandboxFiles files) => WriteFiles(record, files);

    private List<(string Target, string Source)> WriteFiles(ContainerRecord record, SandboxFiles? known)
    {
        var content = known ?? new SandboxFiles(
            HostnameOf(record) + "\n", ReadHost("/etc/hosts"), ReadHost("/etc/resolv.conf"));
        var folder = directories.Etc(record.Id);
        List<(string Target, string Source)> files =
        [
            ("/etc/resolv.conf", Put(folder, "resolv.conf", content.ResolvConf)),
            ("/etc/hostname", Put(folder, "hostname", content.Hostname)),
            ("/etc/hosts", Put(folder, "hosts", content.Hosts)),
        ];
        if (RemapOf(record.Spec.Host) is { } remap)
            GiveTo(remap, folder, files);
        return files;
    }

    /// <summary>They belong to root inside.</summary>
    private static void GiveTo(UserRemap remap, string folder, List<(string Target, string Source)> files)
    {
        using var directory = DirectoryHandle.Open(folder);
        foreach (var (_, source) in files)
            directory.ChangeOwner(Path.GetFileName(source), remap.RootUid, remap.RootGid);
    }

    private static string ReadHost(string path) => File.Exists(path) ? File.ReadAllText(path) : "";

    /// <summary>Never empty on the way, for a program may be reading it; and to give up a file's blocks, as truncating it
    /// does, can take longer than to make the container's link.</summary>
    private static string Put(string folder, string name, string content)
    {
        var path = Path.Combine(folder, name);
        var bytes = Encoding.UTF8.GetBytes(content);
        using var file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite);
        if (Holds(file, bytes))
            return path;
        RandomAccess.Write(file, bytes, 0);
        if (RandomAccess.GetLength(file) != bytes.Length)
            RandomAccess.SetLength(file, bytes.Length);
        return path;
    }

    private static bool Holds(SafeFileHandle file, byte[] wanted)
    {
        if (RandomAccess.GetLength(file) != wanted.Length)
            return false;
        var held = new byte[wanted.Length];
        return RandomAccess.Read(file, held, 0) == wanted.Length && held.AsSpan().SequenceEqual(wanted);
    }

    private Dictionary<string, string> Joined(HostSpec host, NetworkLinks links)
    {
        var joined = new Dictionary<string, string>();
        if (links.Namespace is { } network)
            joined["network"] = network;
        AddMode(joined, "pid", host.PidMode);
        AddMode(joined, "ipc", host.IpcMode);
        AddMode(joined, "uts", host.UtsMode);
        if (host.CgroupnsMode == ModeCheck.Host)
            joined["cgroup"] = "";
        return joined;
    }

    private void AddMode(Dictionary<string, string> joined, string kind, string mode)
    {
        if (mode == ModeCheck.Host)
            joined[kind] = "";
        else if (ModeCheck.ContainerOf(mode) is { } other)
            joined[kind] = $"/proc/{PidOf(kind, other)}/ns/{kind}";
    }

    private int PidOf(string kind, string reference)
    {
        var other = table.Get(reference);
        return other.Run?.Pid ?? throw EngineException.Conflict(
            $"cannot join {kind.ToUpperInvariant()} of a non running container: {other.Id}");
    }

    private string HostnameOf(ContainerRecord record) =>
        ModeCheck.ContainerOf(record.Spec.Host.UtsMode) is { } other
            ? Hostnames.Of(table.Get(other).Record) : Hostnames.Of(record);

    /// <summary>A memory file system is shared by where it is on the host: only what was made there can be.</summary>
    private string? ShmOf(ContainerRecord record)
    {
        var mode = record.Spec.Host.IpcMode;
        if (ModeCheck.ContainerOf(mode) is { } other)
        {
            var donor = table.Get(other);
            return donor.Record.Spec.Host.IpcMode == ModeCheck.Shareable
                ? directories.Shm(donor.Id)
                : throw EngineException.Conflict(
                    $"container {donor.Id}: non-shareable IPC (hint: use IpcMode:shareable for the donor container)");
        }

        return mode switch
        {
            ModeCheck.Host => "/dev/shm",
            ModeCheck.None => "",
            ModeCheck.Shareable => directories.Shm(record.Id),
            _ => null,
        };
    }

    private static IEnumerable<(DeviceSpec Node, string Access)> Devices(HostSpec host)
    {
        var asked = host.Devices.SelectMany(HostDevices.Find).ToList();
        var all = host.Privileged ? HostDevices.All().Select(node => (Node: node, Access: "rwm")) : [];
        return asked.Concat(all).DistinctBy(device => device.Node.Path);
    }

    /// <summary>A default that is more than this daemon may give is no reason to fail: it is lowered, and said once.
    /// </summary>
    private static List<RlimitSpec> ClampDefaults(IReadOnlyList<UlimitRequest> wanted, ILogger logger)
    {
        var limits = new List<RlimitSpec>();
        foreach (var limit in wanted)
        {
            var most = DaemonPowers.Most(limit.Name);
            var (soft, hard) = (Ulimits.Bound(limit.Soft), Ulimits.Bound(limit.Hard));
            if (hard > most)
                logger.UlimitClamped(limit.Name, hard, most);
            limits.Add(new(Ulimits.KernelName(limit.Name), Math.Min(soft, most), Math.Min(hard, most)));
        }

        return limits;
    }
}
