using System.Net;
using Orchestrator.Build;
using Orchestrator.Engine.Containers;
using Orchestrator.Network;

namespace Orchestrator.Daemon.Configuration;

/// <summary>All that can be set of orchd: the command line and the configuration file over the defaults.</summary>
public sealed record DaemonOptions
{
    public const string DefaultConfigFile = "/etc/orch/daemon.json";

    /// <summary>Where the API listens: <c>unix:///path</c>, <c>tcp://address:port</c> or <c>fd://</c>.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = ["unix:///run/orch/orch.sock"];

    public string DataRoot { get; init; } = "/var/lib/orch";

    public string ExecRoot { get; init; } = "/run/orch";

    public string PidFile { get; init; } = "/run/orch/orchd.pid";

    /// <summary>Group that may use the unix sockets; empty: none.</summary>
    public string Group { get; init; } = "orch";

    /// <summary>A host without the default group is no fault; without one that was asked for it is.</summary>
    public bool GroupIsAsked { get; init; }

    /// <summary><c>debug</c>, <c>info</c>, <c>warn</c>, <c>error</c> or <c>fatal</c>.</summary>
    public string LogLevel { get; init; } = "info";

    /// <summary><c>text</c> or <c>json</c>.</summary>
    public string LogFormat { get; init; } = "text";

    public bool Debug { get; init; }

    /// <summary>Containers run on when the daemon stops.</summary>
    public bool LiveRestore { get; init; } = true;

    /// <summary>What containers have to stop in when they do not; negative: as long as they need.</summary>
    public int ShutdownTimeoutSeconds { get; init; } = 15;

    /// <summary><c>none</c>: there is no default network.</summary>
    public string Bridge { get; init; } = "orch0";

    /// <summary>Address with prefix length of the bridge; null: cut from the pools.</summary>
    public string? BridgeIp { get; init; }

    public string? FixedCidr { get; init; }

    /// <summary>The default network has IPv6.</summary>
    public bool IPv6 { get; init; }

    public string? BridgeIp6 { get; init; }

    /// <summary>Subnet of IPv6 of the default network; null: cut from the pools.</summary>
    public string? FixedCidr6 { get; init; }

    public bool Icc { get; init; } = true;

    public bool IpMasq { get; init; } = true;

    /// <summary>Address that ports are published on which name none; null: all.</summary>
    public string? PublishAddress { get; init; }

    public int Mtu { get; init; } = 1500;

    public IReadOnlyList<SubnetPool> AddressPools { get; init; } = [];

    /// <summary>Options of each new bridge network that does not set them itself.</summary>
    public IReadOnlyDictionary<string, string> NetworkOptions { get; init; } = new Dictionary<string, string>();

    public string CgroupParent { get; init; } = "/orch";

    /// <summary><c>key=value</c>: what placement constraints see as engine.labels.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    public IReadOnlyList<GenericResourceSetting> GenericResources { get; init; } = [];

    /// <summary>Address or interface that <c>swarm init</c> and <c>swarm join</c> advertise unless told; empty: none.
    /// </summary>
    public string AdvertiseAddress { get; init; } = "";

    /// <summary><c>address:port</c> of the Prometheus endpoint; null: none.</summary>
    public string? MetricsAddress { get; init; }

    public IReadOnlyList<string> Dns { get; init; } = [];

    public IReadOnlyList<string> DnsSearch { get; init; } = [];

    public IReadOnlyList<string> DnsOptions { get; init; } = [];

    public IReadOnlyList<string> RegistryMirrors { get; init; } = [];

    public IReadOnlyList<string> InsecureRegistries { get; init; } = [];

    /// <summary>Address and port where this node's registry is served in plain HTTP too; null: nowhere.</summary>
    public string? RegistryListen { get; init; }

    /// <summary>Bytes per second that this node gives other nodes of its cluster for their pulls; zero: none.</summary>
    public long PeerUploadRate { get; init; } = 100 << 20;

    public RegistryProxyOptions RegistryProxy { get; init; } = new();

    public int MaxConcurrentDownloads { get; init; } = 3;

    public int MaxConcurrentUploads { get; init; } = 5;

    public int MaxDownloadAttempts { get; init; } = 5;

    /// <summary>Whether builds prune the cache when it is larger than <see cref="BuildCacheBytes"/>.</summary>
    public bool CollectsBuildCache { get; init; } = true;

    public long BuildCacheBytes { get; init; } = BuildStore.DefaultCacheBytes;

    public ProxyOptions Proxies { get; init; } = new();

    public string StorageDriver { get; init; } = "overlay2";

    /// <summary>Of containers that name none.</summary>
    public string LogDriver { get; init; } = "json-file";

    /// <summary>Options of that driver, for containers that use it.</summary>
    public IReadOnlyDictionary<string, string> LogOptions { get; init; } = new Dictionary<string, string>();

    /// <summary>Limits of processes in containers that say nothing themselves; null: the engine's own.</summary>
    public IReadOnlyList<UlimitRequest>? DefaultUlimits { get; init; }

    /// <summary>Bytes of /dev/shm of containers that say nothing themselves.</summary>
    public long DefaultShmSize { get; init; } = 64 << 20;

    public string CgroupnsMode { get; init; } = "private";

    public string IpcMode { get; init; } = "private";

    public bool Init { get; init; }

    public bool NoNewPrivileges { get; init; }

    /// <summary><c>builtin</c>, <c>unconfined</c> or the path of a profile.</summary>
    public string SeccompProfile { get; init; } = "builtin";

    /// <summary>Other runtimes by name.</summary>
    public IReadOnlyDictionary<string, OciRuntime> Runtimes { get; init; } = new Dictionary<string, OciRuntime>();

    public string DefaultRuntime { get; init; } = OciRuntime.Own;

    /// <summary><c>default</c> or <c>user[:group]</c>, whose subordinate ids containers get; null: the host's.</summary>
    public string? UserRemap { get; init; }

    public TlsOptions Tls { get; init; } = new();

    /// <summary>Null: beside orchd, else on PATH.</summary>
    public string? RuntimePath { get; init; }

    /// <summary>Null: beside orchd, else on PATH.</summary>
    public string? NetHelperPath { get; init; }

    /// <summary>What was set and has no effect, a line each.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>All faults at once, each naming the setting, its value and the remedy. Empty: usable.</summary>
    public IEnumerable<string> Faults() => PathFaults().Concat(WordFaults()).Concat(NumberFaults())
        .Concat(AddressFaults());

    private IEnumerable<string> PathFaults()
    {
        foreach (var (setting, path) in new[] { ("data-root", DataRoot), ("exec-root", ExecRoot),
            ("pidfile", PidFile) })
        {
            if (!Path.IsPathRooted(path))
                yield return $"{setting} is \"{path}\"; write an absolute path.";
        }

        if (SeccompProfile is not ("builtin" or "unconfined" or "") && !File.Exists(SeccompProfile))
            yield return $"seccomp-profile is \"{SeccompProfile}\", which is no file; write builtin, unconfined "
                + "or the path of a profile.";
    }

    private IEnumerable<string> WordFaults()
    {
        foreach (var (setting, value, words) in new[]
        {
            ("log-level", LogLevel, new[] { "debug", "info", "warn", "error", "fatal" }),
            ("log-format", LogFormat, ["text", "json"]),
            ("default-cgroupns-mode", CgroupnsMode, ["private", "host"]),
            ("default-ipc-mode", IpcMode, ["private", "shareable"]),
        })
        {
            if (!words.Contains(value))
                yield return $"{setting} is \"{value}\"; use {string.Join(", ", words[..^1])} or {words[^1]}.";
        }

        if (StorageDriver is not ("" or "overlay2" or "overlay" or "overlayfs"))
            yield return $"storage-driver is \"{StorageDriver}\", which is not supported: images are kept on overlayfs "
                + "only; leave it out, or write overlay2.";
        if (DefaultRuntime is not ("" or OciRuntime.Own or "runc" or "io.containerd.runc.v2")
            && !Runtimes.ContainsKey(DefaultRuntime))
            yield return $"default-runtime is \"{DefaultRuntime}\", and there is no such runtime; leave it out, or add it: "
                + $"--add-runtime {DefaultRuntime}=PATH.";
        foreach (var label in Labels.Where(label => label.IndexOf('=') < 1))
            yield return $"label is \"{label}\"; write key=value.";
    }

    private IEnumerable<string> NumberFaults()
    {
        foreach (var limit in DefaultUlimits ?? [])
        {
            if (Ulimits.FaultOf(limit) is { } fault)
                yield return $"default-ulimit {limit.Name}: {fault}.";
        }

        foreach (var (setting, value) in new[] { ("max-concurrent-downloads", MaxConcurrentDownloads),
            ("max-concurrent-uploads", MaxConcurrentUploads), ("max-download-attempts", MaxDownloadAttempts) })
        {
            if (value < 1)
                yield return $"{setting} is {value}; set 1 or more.";
        }

        string? log = null;
        try
        {
            LogOptionCheck.Check(new LogSpec(LogDriver, LogOptions));
        }
        catch (Engine.EngineException e)
        {
            log = e.Message;
        }

        if (log is not null)
            yield return $"log-driver or log-opts: {log}.";
    }

    private static bool IsCidr(string text, int bytes) => text.Split('/') is [var address, var length]
        && IPAddress.TryParse(address, out var parsed) && parsed.GetAddressBytes().Length == bytes
        && byte.TryParse(length, out var bits) && bits <= bytes * 8;

    private IEnumerable<string> AddressFaults()
    {
        foreach (var host in Hosts)
        {
            if (HostAddress.FaultOf(host) is { } fault)
                yield return fault;
        }

        if (MetricsAddress is { } metrics && !IPEndPoint.TryParse(metrics, out _))
            yield return $"metrics-addr is \"{metrics}\"; write address:port, as in 127.0.0.1:9323.";
        if (RegistryListen is { } registry && (!IPEndPoint.TryParse(registry, out var end) || end.Port == 0))
            yield return $"registry-listen is \"{registry}\"; write address:port, as in 127.0.0.1:5001.";
        foreach (var fault in RegistryProxy.Faults(RegistryListen))
            yield return fault;
        if (PublishAddress is { } ip && !IPAddress.TryParse(ip, out _))
            yield return $"ip is \"{ip}\"; write an address of this host.";
        foreach (var server in Dns.Where(server => !IPAddress.TryParse(server, out _)))
            yield return $"dns is \"{server}\"; write an address.";
        foreach (var mirror in RegistryMirrors.Where(mirror => !Uri.TryCreate(mirror, UriKind.Absolute, out var uri)
            || uri.Scheme is not ("http" or "https")))
        {
            yield return $"registry-mirror is \"{mirror}\"; write it as https://host.";
        }

        foreach (var (setting, cidr, length, example) in new[]
        {
            ("bip", BridgeIp, 4, "192.168.5.1/24"), ("fixed-cidr", FixedCidr, 4, "192.168.5.0/24"),
            ("bip6", BridgeIp6, 16, "fd00:5::1/64"), ("fixed-cidr-v6", FixedCidr6, 16, "fd00:5::/64"),
        })
        {
            if (cidr is not null && !IsCidr(cidr, length))
                yield return $"{setting} is \"{cidr}\"; write address/length, as in {example}.";
        }

        foreach (var fault in AddressPools.Select(pool => pool.Fault).OfType<string>())
            yield return fault;
    }
}

/// <summary>TLS of the TCP listeners.</summary>
public sealed record TlsOptions
{
    public string Authority { get; init; } = "/etc/orch/ca.pem";

    public string Certificate { get; init; } = "/etc/orch/server-cert.pem";

    public string Key { get; init; } = "/etc/orch/server-key.pem";

    /// <summary>A file of the three was named: who does that wants TLS.</summary>
    public bool HasFiles { get; init; }

    /// <summary>What <c>--tls</c> says; null: nothing.</summary>
    public bool? IsOn { get; init; }

    /// <summary>What <c>--tlsverify</c> says; null: nothing.</summary>
    public bool? Verifies { get; init; }

    public bool IsUsed => Verifies == true || (IsOn ?? HasFiles);

    /// <summary>Clients must show a certificate that the authority signed.</summary>
    public bool DemandsCertificate => IsUsed && (Verifies ?? IsOn is null);
}

/// <summary>Proxies of registries; empty: as the environment says.</summary>
public sealed record ProxyOptions(string Http = "", string Https = "", string Except = "");

/// <summary>What services can reserve of this node: so many of a kind, or one that has a name.</summary>
public sealed record GenericResourceSetting(string Kind, long? Count, string? Name);
