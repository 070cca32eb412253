using Orchestrator.Engine.Containers;

namespace Orchestrator.Engine;

/// <summary>Where the engine keeps things and what a container gets when its creator says nothing.</summary>
public sealed record EngineOptions
{
    /// <summary>Survives a reboot: container records, logs, volumes. Default <c>/var/lib/orch</c>.</summary>
    public string DataRoot { get; init; } = "/var/lib/orch";

    /// <summary>Gone after a reboot: bundles, shim sockets, generated files. Default <c>/run/orch</c>.</summary>
    public string RunRoot { get; init; } = "/run/orch";

    /// <summary>The <c>orch-runtime</c> binary, absolute.</summary>
    public string RuntimePath { get; init; } = "/usr/bin/orch-runtime";

    /// <summary>The <c>orch-net</c> binary, absolute: it speaks TLS for shims.</summary>
    public string HelperPath { get; init; } = "/usr/bin/orch-net";

    /// <summary>Other runtimes that containers may ask for, by name.</summary>
    public IReadOnlyDictionary<string, OciRuntime> Runtimes { get; init; } = new Dictionary<string, OciRuntime>();

    /// <summary>Of containers that ask for none.</summary>
    public string DefaultRuntime { get; init; } = OciRuntime.Own;

    /// <summary>Cgroup under which each container gets one named by its id. Default <c>/orch</c>.</summary>
    public string CgroupParent { get; init; } = "/orch";

    /// <summary>Seconds a container has between its stop signal and SIGKILL, unless it says otherwise.</summary>
    public int StopTimeoutSeconds { get; init; } = 10;

    /// <summary>Size of <c>/dev/shm</c>, unless the container says otherwise. Default 64 MiB.</summary>
    public long ShmSizeBytes { get; init; } = 64 << 20;

    /// <summary>Of containers that name none.</summary>
    public string LogDriver { get; init; } = "json-file";

    /// <summary>Options of that driver, for containers that use it and do not say otherwise.</summary>
    public IReadOnlyDictionary<string, string> LogOptions { get; init; } = new Dictionary<string, string>();

    /// <summary>Resolvers for containers, in place of the host's.</summary>
    public IReadOnlyList<string> Dns { get; init; } = [];

    public IReadOnlyList<string> DnsSearch { get; init; } = [];

    public IReadOnlyList<string> DnsOptions { get; init; } = [];

    /// <summary>Limits of processes, unless the container says otherwise; clamped to what this daemon may.</summary>
    public IReadOnlyList<UlimitRequest> DefaultUlimits { get; init; } = [new("nofile", 1024, 524_288)];

    /// <summary>Mode of containers that name no network; empty: the default bridge.</summary>
    public string DefaultNetwork { get; init; } = "";

    /// <summary><c>private</c> or <c>shareable</c>, for containers that say neither.</summary>
    public string IpcMode { get; init; } = "private";

    /// <summary><c>private</c> or <c>host</c>, for containers that say neither.</summary>
    public string CgroupnsMode { get; init; } = "private";

    /// <summary>Containers that do not say get an init that forwards signals and reaps.</summary>
    public bool Init { get; init; }

    /// <summary>Set-user-id programs gain nothing, in containers that do not say.</summary>
    public bool NoNewPrivileges { get; init; }

    /// <summary>Filter of system calls for containers that ask for none: <c>builtin</c>, <c>unconfined</c>, or a
    /// profile as JSON.</summary>
    public string Seccomp { get; init; } = "builtin";

    /// <summary>AppArmor profile of containers that name none and are not privileged; it is loaded.</summary>
    public string Apparmor { get; init; } = "unconfined";

    /// <summary>Address that ports are published on which name none; empty: all.</summary>
    public string PublishAddress { get; init; } = "";

    /// <summary>Containers get a user namespace with these ids; null: they share the host's.</summary>
    public UserRemap? UserRemap { get; init; }

    /// <summary>All faults at once, each naming the setting, its value and the remedy. Empty: usable.</summary>
    public IEnumerable<string> Faults()
    {
        if (!Path.IsPathRooted(DataRoot))
            yield return $"data-root is \"{DataRoot}\"; give an absolute path.";
        if (!Path.IsPathRooted(RunRoot))
            yield return $"exec-root is \"{RunRoot}\"; give an absolute path.";
        if (!CgroupParent.StartsWith('/'))
            yield return $"cgroup-parent is \"{CgroupParent}\"; give a path that starts with /.";
        if (Running.SeccompChoice.FaultOf(Seccomp) is { } fault)
            yield return $"seccomp-profile cannot be used: {fault}.";
        if (StopTimeoutSeconds < 0)
            yield return $"stop timeout is {StopTimeoutSeconds}; set 0 or more seconds.";
    }
}
