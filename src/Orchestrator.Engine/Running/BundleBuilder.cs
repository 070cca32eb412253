using Orchestrator.Engine.Containers;
using Orchestrator.Oci.Bundle;

namespace Orchestrator.Engine.Running;

/// <summary>Writes a container's record as an OCI configuration. Pure.</summary>
internal static class BundleBuilder
{
    private const string DefaultApparmor = "unconfined";

    public static RuntimeSpec Build(BundleInput input)
    {
        var host = input.Record.Spec.Host;
        return new RuntimeSpec
        {
            Root = new RootSpec(input.Rootfs, host.ReadonlyRootfs),
            Hostname = Joins(input, "uts") ? null : input.Hostname,
            Domainname = Joins(input, "uts") || input.Record.Spec.Domainname.Length == 0
                ? null : input.Record.Spec.Domainname,
            Process = Process(input),
            Mounts = [.. Mounts(input)],
            Linux = new LinuxSpec
            {
                Namespaces = [.. Namespaces(input)],
                CgroupsPath = input.CgroupsPath,
                Resources = Resources(input),
                Devices = [.. input.Devices.Select(device => device.Node)],
                Sysctl = Sysctls(input),
                RootfsPropagation = Propagation(input.Record.Mounts),
                MaskedPaths = IsOpen(host) ? [] : ContainerDefaults.MaskedPaths,
                ReadonlyPaths = IsOpen(host) ? [] : ContainerDefaults.ReadonlyPaths,
            },
        };
    }

    /// <summary>Variables of a process of the container: what docker adds, then the record's.</summary>
    public static string[] Environment(ContainerRecord record, string hostname, string home, bool tty)
    {
        var own = record.Process.Environment;
        var all = new List<string>(own.Count + 3);
        all.AddRange(own.Where(Is("PATH")));
        if (!own.Any(Is("HOSTNAME")))
            all.Add($"HOSTNAME={hostname}");
        if (tty && !own.Any(Is("TERM")))
            all.Add("TERM=xterm");
        all.AddRange(own.Where(variable => !Is("PATH")(variable)));
        if (!own.Any(Is("HOME")))
            all.Add($"HOME={home}");
        return [.. all];
    }

    public static CapabilitySets Capabilities(HostSpec host, string[] hostCapabilities, uint uid) =>
        ContainerDefaults.CapabilitySets(CapabilityList.Resolve(host, hostCapabilities), isRoot: uid == 0);

    private static ProcessSpec Process(BundleInput input)
    {
        var (record, host) = (input.Record, input.Record.Spec.Host);
        return new ProcessSpec
        {
            Terminal = record.Spec.Tty,
            Args = [.. record.Process.Arguments],
            Env = Environment(record, input.Hostname, input.User.Home, record.Spec.Tty),
            Cwd = record.Process.WorkingDirectory,
            User = new UserSpec(input.User.Uid, input.User.Gid, input.User.Groups),
            Capabilities = Capabilities(host, input.HostCapabilities, input.User.Uid),
            Rlimits = [.. host.Ulimits.Select(Rlimit)],
            NoNewPrivileges = host.SecurityOpt.Any(option =>
                option is "no-new-privileges" or "no-new-privileges:true" or "no-new-privileges=true"),
            OomScoreAdj = host.OomScoreAdj == 0 ? null : host.OomScoreAdj,
            ApparmorProfile = DefaultApparmor,
        };
    }

    private static RlimitSpec Rlimit(UlimitRequest limit) =>
        new($"RLIMIT_{limit.Name.ToUpperInvariant()}", Bound(limit.Soft), Bound(limit.Hard));

    private static ulong Bound(long value) => value < 0 ? RlimitSpec.Unlimited : (ulong)value;

    private static IEnumerable<MountSpec> Mounts(BundleInput input)
    {
        var own = input.Record.Mounts.Select(mount => mount.Target).ToHashSet();
        foreach (var mount in ContainerDefaults.Mounts(input.ShmSizeBytes).Where(
            mount => !own.Contains(mount.Destination)))
            yield return Adapt(mount, input);
        foreach (var (target, source) in input.Files.Where(file => !own.Contains(file.Target)))
            yield return BindMount(source, target, readOnly: false, "rprivate");
        foreach (var mount in input.Record.Mounts)
        {
            yield return mount.Type == "tmpfs"
                ? Tmpfs(mount)
                : BindMount(mount.Source, mount.Target, mount.ReadOnly, mount.Propagation);
        }
    }

    /// <summary>
    /// A privileged container may write to /sys and its cgroups; one that shares the host's IPC its shm.
    /// </summary>
    private static MountSpec Adapt(MountSpec mount, BundleInput input) => mount.Destination switch
    {
        "/sys" or "/sys/fs/cgroup" when input.Record.Spec.Host.Privileged =>
            mount with { Options = [.. (mount.Options ?? []).Where(option => option != "ro")] },
        "/dev/shm" or "/dev/mqueue" when IsHosts(input, "ipc") =>
            BindMount(mount.Destination, mount.Destination, readOnly: false, "rprivate"),
        _ => mount,
    };

    private static MountSpec BindMount(string source, string target, bool readOnly, string propagation) => new()
    {
        Destination = target, Type = "bind", Source = source, Options = ["rbind", readOnly ? "ro" : "rw", propagation],
    };

    private static MountSpec Tmpfs(MountRecord mount) => new()
    {
        Destination = mount.Target,
        Type = "tmpfs",
        Source = "tmpfs",
        Options =
        [
            "nosuid", "nodev", "noexec",
            .. mount.Options.Split(',', StringSplitOptions.RemoveEmptyEntries),
            .. mount.ReadOnly ? new[] { "ro" } : [],
        ],
    };

    private static IEnumerable<NamespaceSpec> Namespaces(BundleInput input)
    {
        foreach (var kind in new[] { "mount", "pid", "uts", "ipc", "network", "cgroup" })
        {
            if (!input.Joined.TryGetValue(kind, out var path))
                yield return new NamespaceSpec(kind);
            else if (path.Length > 0)
                yield return new NamespaceSpec(kind, path);
        }
    }

    private static ResourcesSpec Resources(BundleInput input)
    {
        var wanted = input.Record.Spec.Host.Resources;
        DeviceRule[] rules = input.Record.Spec.Host.Privileged
            ? [new DeviceRule(Allow: true, Access: "rwm")]
            : [.. ContainerDefaults.DeviceRules, .. input.Devices.Select(Rule)];
        return new ResourcesSpec
        {
            Memory = ResourceLimits.Memory(wanted),
            Cpu = ResourceLimits.Cpu(wanted),
            Pids = wanted.PidsLimit > 0 ? new PidsResources(wanted.PidsLimit) : null,
            Devices = rules,
        };
    }

    private static DeviceRule Rule((DeviceSpec Node, string Access) device) =>
        new(true, device.Node.Type, device.Node.Major, device.Node.Minor, device.Access);

    private static Dictionary<string, string> Sysctls(BundleInput input)
    {
        var all = new Dictionary<string, string>();
        if (!IsHosts(input, "network"))
        {
            all["net.ipv4.ip_unprivileged_port_start"] = "0";
            all["net.ipv4.ping_group_range"] = "0 2147483647";
        }

        foreach (var (key, value) in input.Record.Spec.Host.Sysctls)
            all[key] = value;
        return all;
    }

    /// <summary>A shared or slave bind works only if the root passes events on in the same way.</summary>
    private static string Propagation(IReadOnlyList<MountRecord> mounts) =>
        mounts.Any(mount => mount.Propagation.EndsWith("shared", StringComparison.Ordinal)) ? "rshared"
        : mounts.Any(mount => mount.Propagation.EndsWith("slave", StringComparison.Ordinal)) ? "rslave" : "rprivate";

    private static bool IsOpen(HostSpec host) =>
        host.Privileged || host.SecurityOpt.Contains("systempaths=unconfined");

    private static bool Joins(BundleInput input, string kind) => input.Joined.ContainsKey(kind);

    private static bool IsHosts(BundleInput input, string kind) =>
        input.Joined.TryGetValue(kind, out var path) && path.Length == 0;

    private static Func<string, bool> Is(string name) =>
        variable => variable.StartsWith(name, StringComparison.Ordinal)
            && variable.Length > name.Length && variable[name.Length] == '=';
}
