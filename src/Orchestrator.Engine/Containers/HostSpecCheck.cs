using Orchestrator.Engine.Running;

namespace Orchestrator.Engine.Containers;

/// <summary>Refuses what could never run, before anything is made.</summary>
internal static class HostSpecCheck
{
    public static void Check(ContainerSpec spec, ContainerTable table)
    {
        var host = spec.Host;
        ResourceLimits.Check(host.Resources);
        foreach (var name in host.CapAdd.Concat(host.CapDrop))
            CapabilityList.Parse(name);
        if (host.AutoRemove && host.RestartPolicy.Condition != RestartCondition.No)
            throw EngineException.Invalid("can't create 'AutoRemove' container with restart policy");
        if (host.RestartPolicy is { MaximumRetryCount: > 0, Condition: not RestartCondition.OnFailure })
            throw EngineException.Invalid(
                "invalid restart policy: maximum retry count can only be used with 'on-failure'");
        if (host.Init == true)
            throw new EngineException(
                EngineError.NotImplemented, "--init is not supported yet; put an init such as tini into the image");
        CheckModes(host, table);
        foreach (var option in host.SecurityOpt)
            CheckSecurity(option);
        if (host.Log.Driver is not ("" or "json-file" or "none"))
            throw EngineException.Invalid(
                $"logger: no log driver named '{host.Log.Driver}' is registered; use json-file or none");
    }

    private static void CheckModes(HostSpec host, ContainerTable table)
    {
        var mode = NetworkMode.Parse(host.NetworkMode);
        if (mode.Kind == NetworkModeKind.Container)
            table.Get(mode.Name);
        if (mode.Kind != NetworkModeKind.Named && host.PortBindings.Count > 0 && mode.Kind == NetworkModeKind.Container)
            throw EngineException.Invalid(
                "conflicting options: port publishing and the container type network mode");
        foreach (var (setting, value) in new[] { ("ipc", host.IpcMode), ("pid", host.PidMode), ("uts", host.UtsMode) })
        {
            if (value.StartsWith("container:", StringComparison.Ordinal) && setting != "uts")
                table.Get(value[10..]);
            else if (value is not ("" or "host" or "private" or "shareable"))
                throw EngineException.Invalid($"invalid {setting} mode: {value}");
        }
    }

    private static void CheckSecurity(string option)
    {
        var known = option is "no-new-privileges" or "systempaths=unconfined" or "seccomp=unconfined"
            or "seccomp=builtin" or "apparmor=unconfined" or "label=disable" or "label:disable"
            || option.StartsWith("no-new-privileges", StringComparison.Ordinal);
        if (!known)
            throw EngineException.Invalid($"invalid --security-opt: \"{option}\" is not supported on this host");
    }
}
