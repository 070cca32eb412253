using Orchestrator.Api;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Containers;

/// <summary>Namespaces, capabilities, devices and what else decides how apart a container is.</summary>
internal sealed class IsolationFlags(FlagSet f)
{
    private readonly BoolFlag _privileged = f.Bool("privileged", null, "Give it all privileges the daemon has");
    private readonly ListFlag _capAdd = f.List("cap-add", null, "Capability to add");
    private readonly ListFlag _capDrop = f.List("cap-drop", null, "Capability to take away");
    private readonly ListFlag _security = f.List(
        "security-opt", null, "Security option: no-new-privileges, seccomp=…, apparmor=…");
    private readonly ListFlag _sysctls = f.List("sysctl", null, "Kernel setting inside, name=value", "map");
    private readonly ListFlag _devices = f.List("device", null, "Device to add, host[:container[:rwm]]");
    private readonly ListFlag _deviceRules = f.List("device-cgroup-rule", null, "Rule for the list of allowed devices");
    private readonly ValueFlag<string> _pid = f.String("pid", null, "Process IDs to share: host or container:ID");
    private readonly ValueFlag<string> _ipc = f.String(
        "ipc", null, "IPC: none, private, shareable, host or container:ID");
    private readonly ValueFlag<string> _uts = f.String("uts", null, "Host name to share: host");
    private readonly ValueFlag<string> _userns = f.String("userns", null, "User namespace: host");
    private readonly ValueFlag<string> _cgroupns = f.String("cgroupns", null, "Cgroup namespace: host or private");
    private readonly ValueFlag<string> _runtime = f.String("runtime", null, "OCI runtime to use");

    public void Apply(HostConfig host)
    {
        host.Privileged = _privileged;
        host.CapAdd = _capAdd.OrNull;
        host.CapDrop = _capDrop.OrNull;
        host.SecurityOpt = _security.Values.Count == 0 ? null : [.. _security.Values.Select(ReadProfile)];
        host.Sysctls = KeyValues.ToMap(_sysctls.Values);
        host.Devices = _devices.Values.Count == 0 ? null : [.. _devices.Values.Select(ParseDevice)];
        host.DeviceCgroupRules = _deviceRules.OrNull;
        host.PidMode = _pid.Value;
        host.IpcMode = _ipc.Value;
        host.UTSMode = _uts.Value;
        host.UsernsMode = _userns.Value;
        host.CgroupnsMode = _cgroupns.Value;
        host.Runtime = _runtime.Value.Length == 0 ? null : _runtime.Value;
    }

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

    private static DeviceMapping ParseDevice(string text)
    {
        var parts = text.Split(':');
        var (target, permissions) = parts switch
        {
            [var path] => (path, "rwm"),
            [var path, var second] when second.Length > 0 && second.Trim('r', 'w', 'm').Length == 0 => (path, second),
            [_, var second] => (second, "rwm"),
            [_, var second, var third] when third.Trim('r', 'w', 'm').Length == 0 => (second, third),
            _ => throw new CliException($"invalid device specification: {text}: write host[:container[:rwm]]", 125),
        };
        return new DeviceMapping { PathOnHost = parts[0], PathInContainer = target, CgroupPermissions = permissions };
    }
}
