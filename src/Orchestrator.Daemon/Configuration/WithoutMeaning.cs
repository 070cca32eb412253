using Orchestrator.Daemon.Startup;
using static Orchestrator.Daemon.Configuration.SettingKind;

namespace Orchestrator.Daemon.Configuration;

/// <summary>Settings of dockerd that there is nothing for here: taken, so that its unit files and scripts work, and said
/// to have no effect. What would make a host less safe if it were passed over is refused instead.</summary>
internal static class WithoutMeaning
{
    private const string NoProxy = "published ports need no process here: the kernel forwards them";
    private const string NoContainerd = "orchd does itself what dockerd has containerd for";
    private const string NoRealtime = "set --cpu-rt-runtime of the container's cgroup by --cgroup-parent";
    private const string Gone = "docker has dropped it too";

    public static IEnumerable<Setting> Settings { get; } =
    [
        Of("allow-direct-routing", "allow-direct-routing", Truth, "forward rules are orchd's own", "false"),
        Of("allow-nondistributable-artifacts", "allow-nondistributable-artifacts", List, "no layer is left out"),
        Of("bridge-accept-fwmark", "bridge-accept-fwmark", Text, "forward rules are orchd's own"),
        Of("cdi-spec-dir", "cdi-spec-dirs", List, "name devices with --device"),
        Of("containerd", "containerd", Text, NoContainerd),
        Of("containerd-namespace", "containerd-namespace", Text, NoContainerd),
        Of("containerd-plugins-namespace", "containerd-plugins-namespace", Text, NoContainerd),
        Of("cpu-rt-period", "cpu-rt-period", Number, NoRealtime, "0"),
        Of("cpu-rt-runtime", "cpu-rt-runtime", Number, NoRealtime, "0"),
        Of("cri-containerd", "cri-containerd", Truth, NoContainerd, "false"),
        Of("default-gateway", "default-gateway", Text, "the bridge's own address is the gateway; set that with --bip"),
        Of("default-gateway-v6", "default-gateway-v6", Text,
            "the bridge's own address is the gateway; set that with --bip6"),
        Of("exec-opt", "exec-opts", List, "orchd writes cgroups itself", "native.cgroupdriver=cgroupfs"),
        Of("experimental", "experimental", Truth, "nothing here is hidden behind it", "false"),
        Of("feature", "features", Pairs, "nothing here is hidden behind it"),
        Of("firewall-backend", "firewall-backend", Text, "orchd has a table of its own in nftables", "nftables"),
        Of("host-gateway-ip", "host-gateway-ips", List, "host-gateway is the bridge's address"),
        Of("init-path", "init-path", Text, "orch-runtime is the init"),
        Of("ip-forward", "ip-forward", Truth, "orchd needs net.ipv4.ip_forward and sets it", "true"),
        Of("ip-forward-no-drop", "ip-forward-no-drop", Truth, "orchd leaves the policy of other tables alone", "true"),
        Of("ip6tables", "ip6tables", Truth, "orchd's rules are a table of its own in nftables, made with the first network "
            + "of IPv6", "true"),
        Of("iptables", "iptables", Truth, "orchd's rules are a table of its own in nftables, without which no "
            + "container has a network", "true"),
        Of("network-control-plane-mtu", "network-control-plane-mtu", Number, "managers talk over TCP", "1500"),
        Of("raw-logs", "raw-logs", Truth, "the log has no colours", "true"),
        Of("selinux-enabled", "selinux-enabled", Truth, "containers get no SELinux label", "false"),
        Of("storage-opt", "storage-opts", List, "overlayfs is used as the kernel has it"),
        Of("userland-proxy", "userland-proxy", Truth, NoProxy, "false"),
        Of("userland-proxy-path", "userland-proxy-path", Text, NoProxy),
        Of("validate", "", Truth, "", "true"), // The program's own: Program reads it.
        OfFile("builder.gc.policy", Records, "one bound holds for all of the cache: builder.gc.defaultKeepStorage"),
        OfFile("builder.gc.defaultMaxUsedSpace", Size, "the bound is builder.gc.defaultKeepStorage"),
        OfFile("builder.gc.defaultMinFreeSpace", Size, "the bound is builder.gc.defaultKeepStorage"),
        OfFile("builder.entitlements.network-host", Truth, "each build says so: orch build --allow network.host"),
        OfFile("builder.entitlements.security-insecure", Truth, "each build says so: orch build --allow security.insecure"),
        OfFile("default-runtimes", Pairs, Gone),
        OfFile("min-api-version", Text, "clients may speak 1.24 to 1.44"),
        OfFile("network-diagnostic-port", Number, "orch network doctor looks for faults"),
        OfFile("swarm-raft-heartbeat-tick", Number, "a tick is fixed"),
        OfFile("swarm-raft-election-tick", Number, "a tick is fixed"),
        .. Old,
        Refused("authorization-plugin", "authorization-plugins", List,
            "orchd asks no plugin, so nothing would be forbidden; guard its socket with --group, or TCP with --tlsverify"),
        Refused("rootless", "", Truth, "orchd needs root"),
    ];

    /// <summary>Of docker 1.x, which old scripts still pass.</summary>
    private static IEnumerable<Setting> Old =>
    [
        Of("api-cors-header", "api-cors-header", Text, Gone),
        Of("api-enable-cors", "", Truth, Gone, "false"),
        Of("daemon", "", Truth, "orchd is nothing else", "true") with { Letter = 'd' },
        Of("deprecated-key-path", "deprecated-key-path", Text, Gone),
        Of("exec-driver", "exec-driver", Text, "orch-runtime is the only one", "native") with { Letter = 'e' },
        Of("oom-score-adjust", "oom-score-adjust", Number, "set OOMScoreAdjust= in the unit", "0"),
    ];

    private static Setting OfFile(string key, SettingKind kind, string why) => Of("", key, kind, why);

    /// <param name="silent">The value that is what orchd does anyhow: no word is lost about it.</param>
    private static Setting Of(string flag, string key, SettingKind kind, string why, string? silent = null)
    {
        var name = flag.Length > 0 ? $"--{flag}" : key;
        return new(flag, key, kind, "", (o, v) => v.All(value => Same(value, silent, kind)) ? o
            : o with { Warnings = [.. o.Warnings, $"{name} has no effect: {why}"] });
    }

    private static bool Same(string value, string? silent, SettingKind kind) => silent is not null
        && (kind == Truth
            ? SettingValues.Truth("the setting", value) == (silent == "true") : value == silent);

    private static Setting Refused(string flag, string key, SettingKind kind, string why) =>
        new(flag, key, kind, "", (o, v) => v.Count == 0 || (kind == Truth && !SettingValues.Truth(flag, v[^1]))
            ? o : throw new StartupException($"{flag} is set: {why}; leave it out"));
}
