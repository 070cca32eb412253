using System.Collections.Frozen;
using static Orchestrator.Daemon.Configuration.SettingKind;
using static Orchestrator.Daemon.Configuration.SettingValues;

namespace Orchestrator.Daemon.Configuration;

/// <summary>Every setting once, under dockerd's names; those that orchd has besides stand last.</summary>
internal static class Settings
{
    public static IReadOnlyList<Setting> Listed { get; } =
    [
        new("host", "hosts", List, "listen here: unix:///path, tcp://address:port or fd:// (default "
            + "unix:///run/orch/orch.sock)", (o, v) => o with { Hosts = v }) { Letter = 'H' },
        new("data-root", "data-root", Text, "what survives a reboot (default /var/lib/orch)",
            (o, v) => o with { DataRoot = v[^1] }),
        new("graph", "graph", Text, "", (o, v) => o with { DataRoot = v[^1] }) { Letter = 'g' },
        new("exec-root", "exec-root", Text, "what does not (default /run/orch)",
            (o, v) => o with { ExecRoot = v[^1] }),
        new("pidfile", "pidfile", Text, "default /run/orch/orchd.pid", (o, v) => o with { PidFile = v[^1] })
            { Letter = 'p' },
        new("group", "group", Text, "group that may use the unix sockets; \"\": none (default orch)",
            (o, v) => o with { Group = v[^1], GroupIsAsked = true }) { Letter = 'G' },
        new("debug", "debug", SettingKind.Truth, "same as --log-level debug",
            (o, v) => o with { Debug = Truth("debug", v[^1]) }) { Letter = 'D', Reloads = true },
        new("log-level", "log-level", Text, "debug, info, warn, error or fatal (default info)",
            (o, v) => o with { LogLevel = v[^1] }) { Letter = 'l' },
        new("log-format", "log-format", Text, "of the daemon's own log: text or json",
            (o, v) => o with { LogFormat = v[^1] }),
        new("metrics-addr", "metrics-addr", Text, "serve Prometheus metrics on this address:port",
            (o, v) => o with { MetricsAddress = v[^1] }),
        new("label", "labels", List, "key=value of this engine, for placement constraints",
            (o, v) => o with { Labels = v }) { Reloads = true },
        new("live-restore", "live-restore", SettingKind.Truth, "containers run on when the daemon stops (default true)",
            (o, v) => o with { LiveRestore = Truth("live-restore", v[^1]) }) { Reloads = true },
        new("shutdown-timeout", "shutdown-timeout", SettingKind.Number,
            "seconds containers have to stop with it, with --live-restore=false (default 15)",
            (o, v) => o with { ShutdownTimeoutSeconds = Number("shutdown-timeout", v[^1]) }) { Reloads = true },

        new("tls", "tls", SettingKind.Truth, "TLS without certificates of clients",
            (o, v) => o with { Tls = o.Tls with { IsOn = Truth("tls", v[^1]) } }),
        new("tlsverify", "tlsverify", SettingKind.Truth, "TLS, and clients must show a certificate",
            (o, v) => o with { Tls = o.Tls with { Verifies = Truth("tlsverify", v[^1]) } }),
        new("tlscacert", "tlscacert", Text, "authority of clients (default /etc/orch/ca.pem)",
            (o, v) => o with { Tls = o.Tls with { Authority = v[^1], HasFiles = true } }),
        new("tlscert", "tlscert", Text, "default /etc/orch/server-cert.pem",
            (o, v) => o with { Tls = o.Tls with { Certificate = v[^1], HasFiles = true } }),
        new("tlskey", "tlskey", Text, "default /etc/orch/server-key.pem",
            (o, v) => o with { Tls = o.Tls with { Key = v[^1], HasFiles = true } }),

        new("bridge", "bridge", Text, "bridge of the default network; none: no such network (default orch0)",
            (o, v) => o with { Bridge = v[^1].Length > 0 ? v[^1] : o.Bridge }) { Letter = 'b' },
        new("bip", "bip", Text, "address/length of that bridge", (o, v) => o with { BridgeIp = NullIfEmpty(v[^1]) }),
        new("fixed-cidr", "fixed-cidr", Text, "part of its subnet that containers get addresses from",
            (o, v) => o with { FixedCidr = NullIfEmpty(v[^1]) }),
        new("ipv6", "ipv6", SettingKind.Truth, "the default network has IPv6, too (default false)",
            (o, v) => o with { IPv6 = Truth("ipv6", v[^1]) }),
        new("bip6", "bip6", Text, "address/length of IPv6 of the bridge", (o, v) => o with { BridgeIp6 = NullIfEmpty(v[^1]) }),
        new("fixed-cidr-v6", "fixed-cidr-v6", Text, "IPv6 subnet of the default network",
            (o, v) => o with { FixedCidr6 = NullIfEmpty(v[^1]) }),
        new("icc", "icc", SettingKind.Truth, "containers on it may talk to one another (default true)",
            (o, v) => o with { Icc = Truth("icc", v[^1]) }),
        new("ip-masq", "ip-masq", SettingKind.Truth, "what leaves it has the host's address (default true)",
            (o, v) => o with { IpMasq = Truth("ip-masq", v[^1]) }),
        new("ip", "ip", Text, "address published ports are bound to (default 0.0.0.0)",
            (o, v) => o with { PublishAddress = NullIfEmpty(v[^1]) }),
        new("mtu", "mtu", SettingKind.Number, "of the networks (default 1500)",
            (o, v) => o with { Mtu = Number("mtu", v[^1]) is > 0 and var mtu ? mtu : o.Mtu }),
        new("default-address-pool", "default-address-pools", Records, "base=CIDR,size=N: subnets of new networks",
            (o, v) => o with { AddressPools = [.. v.Select(Pool)] }),
        new("default-network-opt", "default-network-opts", Named, "bridge=option=value for each new network",
            (o, v) => o with { NetworkOptions = BridgeOptions(v) }),
        new("dns", "dns", List, "resolvers of containers", (o, v) => o with { Dns = v }),
        new("dns-search", "dns-search", List, "their search domains", (o, v) => o with { DnsSearch = v }),
        new("dns-opt", "dns-opts", List, "their resolver options", (o, v) => o with { DnsOptions = v }),

        new("registry-mirror", "registry-mirrors", List, "asked before docker.io",
            (o, v) => o with { RegistryMirrors = v }) { Reloads = true },
        new("insecure-registry", "insecure-registries", List,
            "host:port or CIDR that may speak HTTP or show any certificate",
            (o, v) => o with { InsecureRegistries = v }) { Reloads = true },
        new("max-concurrent-downloads", "max-concurrent-downloads", SettingKind.Number, "layers of a pull (default 3)",
            (o, v) => o with { MaxConcurrentDownloads = Number("max-concurrent-downloads", v[^1]) })
            { Reloads = true },
        new("max-concurrent-uploads", "max-concurrent-uploads", SettingKind.Number, "layers of a push (default 5)",
            (o, v) => o with { MaxConcurrentUploads = Number("max-concurrent-uploads", v[^1]) }) { Reloads = true },
        new("max-download-attempts", "max-download-attempts", SettingKind.Number, "tries of a layer (default 5)",
            (o, v) => o with { MaxDownloadAttempts = Number("max-download-attempts", v[^1]) }) { Reloads = true },
        new("", "builder.gc.enabled", SettingKind.Truth, "",
            (o, v) => o with { CollectsBuildCache = Truth("builder.gc.enabled", v[^1]) }) { Reloads = true },
        new("", "builder.gc.defaultKeepStorage", SettingKind.Size, "",
            (o, v) => o with { BuildCacheBytes = Size("builder.gc.defaultKeepStorage", v[^1]) }) { Reloads = true },
        new("", "builder.gc.defaultReservedSpace", SettingKind.Size, "",
            (o, v) => o with { BuildCacheBytes = Size("builder.gc.defaultReservedSpace", v[^1]) }) { Reloads = true },
        new("http-proxy", "proxies.http-proxy", Text, "proxy for registries",
            (o, v) => o with { Proxies = o.Proxies with { Http = v[^1] } }),
        new("https-proxy", "proxies.https-proxy", Text, "proxy for registries",
            (o, v) => o with { Proxies = o.Proxies with { Https = v[^1] } }),
        new("no-proxy", "proxies.no-proxy", Text, "hosts that need none",
            (o, v) => o with { Proxies = o.Proxies with { Except = v[^1] } }),
        new("storage-driver", "storage-driver", Text, "overlay2, which is the only one",
            (o, v) => o with { StorageDriver = v[^1] }) { Letter = 's' },

        new("cgroup-parent", "cgroup-parent", Text, "cgroup of containers (default /orch)",
            (o, v) => o with { CgroupParent = v[^1].Length > 0 ? v[^1] : o.CgroupParent }),
        new("add-runtime", "runtimes", Objects, "name=path of another OCI runtime, for containers that ask for it",
            (o, v) => o with { Runtimes = RuntimeSettings.Parse(v) }),
        new("default-runtime", "default-runtime", Text, "of containers that ask for none (default orch)",
            (o, v) => o with { DefaultRuntime = v[^1] }),
        new("default-ulimit", "default-ulimits", Named, "name=soft[:hard] of containers",
            (o, v) => o with { DefaultUlimits = [.. v.Select(Ulimit)] }),
        new("default-shm-size", "default-shm-size", SettingKind.Size, "of their /dev/shm (default 64m)",
            (o, v) => o with { DefaultShmSize = Size("default-shm-size", v[^1]) }),
        new("default-cgroupns-mode", "default-cgroupns-mode", Text, "private or host (default private)",
            (o, v) => o with { CgroupnsMode = v[^1] }),
        new("default-ipc-mode", "default-ipc-mode", Text, "private or shareable (default private)",
            (o, v) => o with { IpcMode = v[^1] }),
        new("init", "init", SettingKind.Truth, "an init in each container forwards signals and reaps",
            (o, v) => o with { Init = Truth("init", v[^1]) }),
        new("log-driver", "log-driver", Text, "json-file, local, syslog, journald or none (default json-file)",
            (o, v) => o with { LogDriver = v[^1] }),
        new("log-opt", "log-opts", SettingKind.Pairs, "option of that driver, key=value",
            (o, v) => o with { LogOptions = Pairs("log-opt", v) }),
        new("no-new-privileges", "no-new-privileges", SettingKind.Truth, "set-user-id programs gain nothing",
            (o, v) => o with { NoNewPrivileges = Truth("no-new-privileges", v[^1]) }),
        new("seccomp-profile", "seccomp-profile", Text, "builtin, unconfined or a file (default builtin)",
            (o, v) => o with { SeccompProfile = v[^1] }),
        new("userns-remap", "userns-remap", Text, "default or user[:group], whose subordinate ids containers get",
            (o, v) => o with { UserRemap = NullIfEmpty(v[^1]) }),

        new("swarm-default-advertise-addr", "swarm-default-advertise-addr", Text,
            "address or interface for swarm init and join that name none",
            (o, v) => o with { AdvertiseAddress = v[^1] }),
        new("node-generic-resource", "node-generic-resources", List, "KIND=COUNT or KIND=NAME of this node",
            (o, v) => o with { GenericResources = [.. v.Select(GenericResource)] }),

        new("runtime-path", "runtime-path", Text, "orch-runtime (default beside orchd, else on PATH)",
            (o, v) => o with { RuntimePath = v[^1] }),
        new("net-helper-path", "net-helper-path", Text, "orch-net (default beside orchd, else on PATH)",
            (o, v) => o with { NetHelperPath = v[^1] }),
        new("registry-listen", "registry-listen", Text,
            "serve this node's registry on this address:port in plain HTTP",
            (o, v) => o with { RegistryListen = NullIfEmpty(v[^1]) }),
        new("peer-upload-rate", "peer-upload-rate", SettingKind.Size,
            "bytes per second given to other nodes' pulls; 0: give nothing (default 100m)",
            (o, v) => o with { PeerUploadRate = v[^1] == "0" ? 0 : Size("peer-upload-rate", v[^1]) }),
        new("registry-proxy", "registry-proxy.remoteurl", Text,
            "the registry is a pull-through cache of this one",
            (o, v) => o with { RegistryProxy = o.RegistryProxy with { Address = v[^1] } }),
        new("registry-proxy-namespace", "registry-proxy.namespace", Text,
            "only the names below this are, as hub for hub/library/busybox",
            (o, v) => o with { RegistryProxy = o.RegistryProxy with { Namespace = v[^1].Trim('/') } }),
        new("registry-proxy-username", "registry-proxy.username", Text, "whom to log in there as",
            (o, v) => o with { RegistryProxy = o.RegistryProxy with { Username = v[^1] } }),
        // Of the file alone: everybody sees a command line.
        new("", "registry-proxy.password", Text, "",
            (o, v) => o with { RegistryProxy = o.RegistryProxy with { Password = v[^1] } }),
        new("registry-proxy-max-age", "registry-proxy.max-age", SettingKind.Number,
            "hours after which what nobody asked for is let go (default 168)",
            (o, v) => o with
            {
                RegistryProxy = o.RegistryProxy with { MaxAgeHours = Number("registry-proxy-max-age", v[^1]) },
            }),
        new("registry-proxy-max-size", "registry-proxy.max-size", SettingKind.Size,
            "of more than this the oldest is let go (default no limit)",
            (o, v) => o with
            {
                RegistryProxy = o.RegistryProxy with { MaxBytes = Size("registry-proxy-max-size", v[^1]) },
            }),
        .. WithoutMeaning.Settings,
    ];

    private static readonly FrozenDictionary<string, Setting> ByFlag =
        Listed.Where(setting => setting.Flag.Length > 0).ToFrozenDictionary(setting => setting.Flag);

    private static readonly FrozenDictionary<string, Setting> ByKey =
        Listed.Where(setting => setting.Key.Length > 0).ToFrozenDictionary(setting => setting.Key);

    private static readonly FrozenDictionary<char, Setting> ByLetter =
        Listed.Where(setting => setting.Letter is not null).ToFrozenDictionary(setting => setting.Letter!.Value);

    public static Setting? OfFlag(string flag) => ByFlag.GetValueOrDefault(flag);

    public static Setting? OfKey(string key) => ByKey.GetValueOrDefault(key);

    public static Setting? OfLetter(char letter) => ByLetter.GetValueOrDefault(letter);

    private static string? NullIfEmpty(string text) => text.Length > 0 ? text : null;
}
