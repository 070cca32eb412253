using Orchestrator.Engine.Containers;
using Orchestrator.Oci.Bundle;

namespace Orchestrator.Engine.Running;

/// <summary>Writes a container's record as an OCI configuration. Pure.</summary>
internal static class BundleBuilder
{
    public static RuntimeSpec Build(BundleInput input)
    {
        var host = input.Record.Spec.Host;
        var security = SecurityOptions.Parse(host.SecurityOpt);
        var open = host.Privileged || security.OpenSystemPaths;
        return new RuntimeSpec
        {
            Root = new RootSpec(input.Rootfs, host.ReadonlyRootfs),
            Hostname = Joins(input, "uts") ? null : input.Hostname,
            Domainname = Joins(input, "uts") || input.Record.Spec.Domainname.Length == 0
                ? null : input.Record.Spec.Domainname,
            Process = Process(input, security),
            Mounts = [.. BundleMounts.Build(input)],
            Annotations = Annotations(host),
            Linux = new LinuxSpec
            {
                Namespaces = [.. Namespaces(input)],
                UidMappings = input.Remap is null ? null : [.. input.Remap.Uids],
                GidMappings = input.Remap is null ? null : [.. input.Remap.Gids],
                CgroupsPath = input.CgroupsPath,
                Resources = Resources(input),
                Devices = [.. input.Devices.Select(device => device.Node)],
                Sysctl = Sysctls(input),
                RootfsPropagation = BundleMounts.Propagation(input.Record.Mounts),
                Seccomp = SeccompChoice.Of(
                    security.Seccomp, input.Seccomp, host.Privileged, CapabilityList.Resolve(host, input.HostCapabilities)),
                MaskedPaths = open ? [] : [.. host.MaskedPaths ?? ContainerDefaults.MaskedPaths],
                ReadonlyPaths = open ? [] : [.. host.ReadonlyPaths ?? ContainerDefaults.ReadonlyPaths],
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
        all.AddRange(record.LinkEnvironment.Where(linked => !own.Any(Is(linked.Split('=')[0]))));
        all.AddRange(own.Where(variable => !Is("PATH")(variable)));
        if (!own.Any(Is("HOME")))
            all.Add($"HOME={home}");
        return [.. all];
    }

    public static CapabilitySets Capabilities(HostSpec host, string[] hostCapabilities, uint uid) =>
        ContainerDefaults.CapabilitySets(CapabilityList.Resolve(host, hostCapabilities), isRoot: uid == 0);

    public static Oci.Bundle.ConsoleSize? Console(bool tty, Containers.ConsoleSize? size) =>
        tty && size is not null ? new(size.Height, size.Width) : null;

    private static ProcessSpec Process(BundleInput input, SecurityOptions security)
    {
        var (record, host) = (input.Record, input.Record.Spec.Host);
        return new ProcessSpec
        {
            Terminal = record.Spec.Tty,
            ConsoleSize = Console(record.Spec.Tty, record.Spec.ConsoleSize),
            Args = [.. record.Process.Arguments],
            Env = Environment(record, input.Hostname, input.User.Home, record.Spec.Tty),
            Cwd = record.Process.WorkingDirectory,
            User = new UserSpec(input.User.Uid, input.User.Gid, input.User.Groups),
            Capabilities = Capabilities(host, input.HostCapabilities, input.User.Uid),
            Rlimits = Rlimits(host.Ulimits, input.DefaultRlimits),
            NoNewPrivileges = security.NoNewPrivileges,
            OomScoreAdj = host.OomScoreAdj == 0 ? null : host.OomScoreAdj,
            // Other runtimes refuse even "unconfined" where there is no AppArmor.
            ApparmorProfile = input.Apparmor.Length > 0 ? SecurityOptions.ApparmorOf(host, input.Apparmor) : null,
        };
    }

    private static RlimitSpec[] Rlimits(IReadOnlyList<UlimitRequest> own, IReadOnlyList<RlimitSpec> defaults)
    {
        var asked = own.Select(Rlimit).ToArray();
        return [.. asked, .. defaults.Where(limit => asked.All(mine => mine.Type != limit.Type))];
    }

    private static RlimitSpec Rlimit(UlimitRequest limit) =>
        new(Ulimits.KernelName(limit.Name), Ulimits.Bound(limit.Soft), Ulimits.Bound(limit.Hard));

    private static Dictionary<string, string>? Annotations(HostSpec host)
    {
        if (host.Annotations.Count == 0 && host.Init != true)
            return null;
        var all = new Dictionary<string, string>(host.Annotations);
        if (host.Init == true)
            all[RuntimeSpec.ReaperAnnotation] = "true";
        return all;
    }

    private static IEnumerable<NamespaceSpec> Namespaces(BundleInput input)
    {
        if (input.Remap is not null)
            yield return new NamespaceSpec("user");
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
        var host = input.Record.Spec.Host;
        DeviceRule[] rules = host.Privileged
            ? [new DeviceRule(Allow: true, Access: "rwm")]
            : [
                .. ContainerDefaults.DeviceRules, .. input.Devices.Select(Rule),
                .. host.DeviceCgroupRules.Select(DeviceRules.Parse),
            ];
        return ResourceLimits.Of(host.Resources, input.BlockIo) with { Devices = rules };
    }

    /// <summary>A network namespace that is made here gets what docker's have; others have it already.</summary>
    private static Dictionary<string, string> Sysctls(BundleInput input)
    {
        var all = new Dictionary<string, string>();
        if (!Joins(input, "network"))
        {
            all["net.ipv4.ip_unprivileged_port_start"] = "0";
            all["net.ipv4.ping_group_range"] = $"0 {input.Remap?.Gids.Sum(map => (long)map.Size) - 1 ?? int.MaxValue}";
        }

        foreach (var (key, value) in input.Record.Spec.Host.Sysctls)
            all[key] = value;
        return all;
    }

    private static DeviceRule Rule((DeviceSpec Node, string Access) device) =>
        new(true, device.Node.Type, device.Node.Major, device.Node.Minor, device.Access);

    private static bool Joins(BundleInput input, string kind) => input.Joined.ContainsKey(kind);

    private static Func<string, bool> Is(string name) =>
        variable => variable.StartsWith(name, StringComparison.Ordinal)
            && variable.Length > name.Length && variable[name.Length] == '=';
}
