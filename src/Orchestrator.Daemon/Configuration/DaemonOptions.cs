using Orchestrator.Engine.Containers;
using Orchestrator.Network;

namespace Orchestrator.Daemon.Configuration;

/// <summary>All that can be set of orchd: command line over configuration file over defaults.</summary>
public sealed record DaemonOptions
{
    public const string DefaultConfigFile = "/etc/orch/orchd.json";

    /// <summary>Where the API listens: <c>unix:///path</c> or <c>tcp://address:port</c>.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = ["unix:///run/orch/orch.sock"];

    public string DataRoot { get; init; } = "/var/lib/orch";

    public string ExecRoot { get; init; } = "/run/orch";

    public string PidFile { get; init; } = "/run/orch/orchd.pid";

    /// <summary>Group that may use the unix sockets; left alone where there is no such group.</summary>
    public string Group { get; init; } = "orch";

    /// <summary><c>debug</c>, <c>info</c>, <c>warn</c> or <c>error</c>.</summary>
    public string LogLevel { get; init; } = "info";

    public bool Debug { get; init; }

    public string Bridge { get; init; } = "orch0";

    /// <summary>Address with prefix length of the bridge; null: cut from the pools.</summary>
    public string? BridgeIp { get; init; }

    public int Mtu { get; init; } = 1500;

    public IReadOnlyList<SubnetPool> AddressPools { get; init; } = [];

    public string CgroupParent { get; init; } = "/orch";

    /// <summary><c>key=value</c>: what placement constraints see as engine.labels.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary><c>address:port</c> of the Prometheus endpoint; null: none.</summary>
    public string? MetricsAddress { get; init; }

    public IReadOnlyList<string> Dns { get; init; } = [];

    public IReadOnlyList<string> DnsSearch { get; init; } = [];

    public IReadOnlyList<string> DnsOptions { get; init; } = [];

    public IReadOnlyList<string> RegistryMirrors { get; init; } = [];

    public IReadOnlyList<string> InsecureRegistries { get; init; } = [];

    public int MaxConcurrentDownloads { get; init; } = 3;

    public int MaxConcurrentUploads { get; init; } = 5;

    /// <summary><c>max-size</c> and <c>max-file</c> of containers that say nothing themselves.</summary>
    public IReadOnlyDictionary<string, string> LogOptions { get; init; } = new Dictionary<string, string>();

    /// <summary>Limits of processes in containers that say nothing themselves; null: the engine's own.</summary>
    public IReadOnlyList<UlimitRequest>? DefaultUlimits { get; init; }

    /// <summary>Bytes of /dev/shm of containers that say nothing themselves.</summary>
    public long DefaultShmSize { get; init; } = 64 << 20;

    /// <summary><c>default</c> or <c>user[:group]</c>, whose subordinate ids containers get; null: the host's.</summary>
    public string? UserRemap { get; init; }

    public TlsOptions? Tls { get; init; }

    /// <summary>Null: beside orchd, else on PATH.</summary>
    public string? RuntimePath { get; init; }

    /// <summary>Null: beside orchd, else on PATH.</summary>
    public string? NetHelperPath { get; init; }

    /// <summary>All faults at once, each naming the setting, its value and the remedy. Empty: usable.</summary>
    public IEnumerable<string> Faults()
    {
        foreach (var host in Hosts.Where(host => !host.StartsWith("unix://", StringComparison.Ordinal)
            && !host.StartsWith("tcp://", StringComparison.Ordinal)))
        {
            yield return $"host is \"{host}\"; write unix:///path or tcp://address:port.";
        }

        foreach (var (setting, path) in new[] { ("data-root", DataRoot), ("exec-root", ExecRoot),
            ("pidfile", PidFile) })
        {
            if (!Path.IsPathRooted(path))
                yield return $"{setting} is \"{path}\"; write an absolute path.";
        }

        if (LogLevel is not ("debug" or "info" or "warn" or "error"))
            yield return $"log-level is \"{LogLevel}\"; use debug, info, warn or error.";
        foreach (var limit in DefaultUlimits ?? [])
        {
            if (Ulimits.FaultOf(limit) is { } fault)
                yield return $"default-ulimit {limit.Name}: {fault}.";
        }

        foreach (var label in Labels.Where(label => label.IndexOf('=') < 1))
            yield return $"label is \"{label}\"; write key=value.";
        if (MetricsAddress is { } metrics && !System.Net.IPEndPoint.TryParse(metrics, out _))
            yield return $"metrics-addr is \"{metrics}\"; write address:port, as in 127.0.0.1:9323.";
    }
}

/// <summary>Certificates of the TCP listener, PEM files. Clients must show one that the authority signed.</summary>
public sealed record TlsOptions(string Authority, string Certificate, string Key);
