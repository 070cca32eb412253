using Orchestrator.Api;
using Orchestrator.Cli.Parsing;
using Orchestrator.Cli.Specs;

namespace Orchestrator.Cli.Commands.Containers;

/// <summary>Namespaces, capabilities, devices and what else decides how apart a container is.</summary>
internal sealed class IsolationFlags(FlagSet f)
{
    private const string Container = "container:";

    private static readonly string[] Sysctls =
    [
        "kernel.msgmax", "kernel.msgmnb", "kernel.msgmni", "kernel.sem", "kernel.shmall", "kernel.shmmax",
        "kernel.shmmni", "kernel.shm_rmid_forced",
    ];

    private readonly BoolFlag _privileged = f.Bool("privileged", null, "Give it all privileges the daemon has");
    private readonly ListFlag _capAdd = f.List("cap-add", null, "Capability to add");
    private readonly ListFlag _capDrop = f.List("cap-drop", null, "Capability to take away");
    private readonly ListFlag _security = f.List(
        "security-opt", null, "Security option: no-new-privileges, seccomp=…, apparmor=…");
    private readonly ListFlag _sysctls = f.List(
        "sysctl", null, "Kernel setting inside, name=value", "map", CheckSysctl);
    private readonly ListFlag _devices = f.List("device", null, "Device to add, host[:container[:rwm]]", "list",
        CheckDevice);
    private readonly ListFlag _deviceRules = f.List("device-cgroup-rule", null, "Rule for the list of allowed devices",
        "list", DeviceSpecs.CgroupRule);
    private readonly ValueFlag<string> _pid = f.String("pid", null, "Process IDs to share: host or container:ID");
    private readonly ValueFlag<string> _ipc = f.String(
        "ipc", null, "IPC: none, private, shareable, host or container:ID");
    private readonly ValueFlag<string> _uts = f.String("uts", null, "Host name to share: host or container:ID");
    private readonly ValueFlag<string> _userns = f.String("userns", null, "User namespace: host");
    private readonly ValueFlag<string> _cgroupns = f.String("cgroupns", null, "Cgroup namespace: host or private");
    private readonly ListFlag _gpus = f.List("gpus", null, "GPUs to add: all, a number, or device=…", "gpu-request",
        CheckGpus);
    private readonly ValueFlag<string> _isolation = f.String("isolation", null, "Isolation technology: default");
    private readonly ValueFlag<string> _runtime = f.String("runtime", null, "OCI runtime to use");

    public void Apply(HostConfig host)
    {
        Check(_pid, "PID", "host", Container);
        Check(_ipc, "IPC", "host", "none", "private", "shareable", Container);
        Check(_uts, "UTS", "host", Container);
        Check(_userns, "USER", "host");
        Check(_cgroupns, "CGROUP", "host", "private");
        host.Privileged = _privileged;
        host.CapAdd = _capAdd.OrNull;
        host.CapDrop = _capDrop.OrNull;
        var security = _security.Values.Where(static o => !OpensSystemPaths(o)).Select(ReadProfile).ToArray();
        host.SecurityOpt = security.Length == 0 ? null : security;
        if (_security.Values.Any(OpensSystemPaths)) (host.MaskedPaths, host.ReadonlyPaths) = ([], []);
        host.Sysctls = KeyValues.ToMap(_sysctls.Values);
        host.Devices = _devices.Values.Count == 0 ? null : [.. _devices.Values.Select(DeviceSpecs.Mapping)];
        host.DeviceRequests = _gpus.Values.Count == 0 ? null : [.. _gpus.Values.Select(GpuSpec.Parse)];
        host.Isolation = _isolation.Value;
        host.DeviceCgroupRules = _deviceRules.OrNull;
        host.PidMode = _pid.Value;
        host.IpcMode = _ipc.Value;
        host.UTSMode = _uts.Value;
        host.UsernsMode = _userns.Value;
        host.CgroupnsMode = _cgroupns.Value;
        host.Runtime = _runtime.Value.Length == 0 ? null : _runtime.Value;
    }

    /// <summary>Not the daemon's to know: it gets the lists of paths, here empty.</summary>
    private static bool OpensSystemPaths(string option) =>
        option is "systempaths=unconfined" or "systempaths:unconfined";

    /// <summary>A seccomp profile is a file of the caller's: its content travels.</summary>
    private static string ReadProfile(string option)
    {
        var (key, value) = KeyValues.Split(option.Replace("seccomp:", "seccomp=", StringComparison.Ordinal));
        if (key != "seccomp" || value is null or "unconfined" or "builtin") return option;
        try
        {
            return "seccomp=" + File.ReadAllText(value);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"opening seccomp profile ({value}) failed: {e.Message}", 125);
        }
    }

    private static string CheckGpus(string text)
    {
        GpuSpec.Parse(text);
        return text;
    }

    private static string CheckDevice(string text)
    {
        DeviceSpecs.Mapping(text);
        return text;
    }

    private static string CheckSysctl(string text)
    {
        var (name, value) = KeyValues.Split(text);
        return value is not null && (Sysctls.Contains(name) || name.StartsWith("net.", StringComparison.Ordinal)
            || name.StartsWith("fs.mqueue.", StringComparison.Ordinal))
            ? text : throw new FormatException($"sysctl '{text}' is not allowed");
    }

    /// <param name="words">The modes there are; with <c>container:</c>, one may be joined.</param>
    private static void Check(ValueFlag<string> flag, string what, params string[] words)
    {
        var mode = flag.Value;
        if (mode.Length > 0 && !words.Contains(mode) && !(words.Contains(Container)
            && mode.StartsWith(Container, StringComparison.Ordinal) && mode.Length > Container.Length))
            throw new CliException($"--{flag.Name}: invalid {what} mode", 125);
    }
}
