namespace Orchestrator.Engine.Containers;

/// <summary>Refuses what could never run, before anything is made; in docker's words where it has some.</summary>
internal sealed class HostSpecCheck(ContainerTable table, KernelSupport kernel, EngineOptions options)
{
    /// <returns>The spec less the limits this kernel cannot keep, and a warning for each of those.</returns>
    public (ContainerSpec Usable, List<string> Warnings) Check(ContainerSpec spec)
    {
        spec = spec with { Host = HostDefaults.Fill(spec.Host, options) };
        var host = spec.Host;
        Require(
            host.Runtime == OciRuntime.Own || options.Runtimes.ContainsKey(host.Runtime),
            $"unknown or invalid runtime name: {host.Runtime}; add it to orchd: --add-runtime {host.Runtime}=PATH");
        CheckPolicy(host);
        CheckNumbers(host);
        AddressCheck.Check(spec);
        ModeCheck.Check(spec, table, remapped: options.UserRemap is not null);
        SysctlCheck.Check(host);
        HealthCheckup.Check(spec.Health);
        foreach (var name in host.CapAdd.Concat(host.CapDrop))
            Running.CapabilityList.Parse(name);
        foreach (var rule in host.DeviceCgroupRules)
            DeviceRules.Parse(rule);
        foreach (var device in host.Devices.Where(device => device.Permissions.Length > 0))
            Require(DeviceRules.ArePermissions(device.Permissions), $"invalid device mode: {device.Permissions}");
        foreach (var limit in host.Ulimits)
            Ulimits.Check(limit);
        foreach (var (target, tmpfs) in host.Tmpfs)
            TmpfsOptions.Check(target, tmpfs);
        var (resources, warnings) = ResourceCheck.Check(host.Resources, kernel);
        var security = SecurityOptions.Parse(host.SecurityOpt);
        Running.SeccompChoice.Check(security.Seccomp);
        Require(
            security.Apparmor is "" or "unconfined" || KernelSupport.HasApparmor,
            $"AppArmor profile {security.Apparmor}: this host has no AppArmor; drop --security-opt apparmor");
        warnings.AddRange(WarnOfPorts(host));
        warnings.AddRange(WarnOfSecurity(security));
        return (spec with { Host = host with { Resources = resources } }, warnings);
    }

    private static void CheckPolicy(HostSpec host)
    {
        Require(
            !host.AutoRemove || host.RestartPolicy.Condition == RestartCondition.No,
            "can't create 'AutoRemove' container with restart policy");
        RestartPolicyCheck.Check(host.RestartPolicy);
        LogOptionCheck.Check(host.Log);
    }

    private static void CheckNumbers(HostSpec host)
    {
        Require(
            host.OomScoreAdj is >= -1000 and <= 1000,
            $"Invalid value {host.OomScoreAdj}, range for oom score adj is [-1000, 1000]");
        Require(host.ShmSizeBytes >= 0, "SHM size can not be less than 0");
        Require(
            !host.CgroupParent.Split('/').Contains(".."),
            $"invalid cgroup parent \"{host.CgroupParent}\": it may not contain ..");
    }

    /// <summary>As docker, which says nothing of -P, nor of network mode none.</summary>
    private static IEnumerable<string> WarnOfPorts(HostSpec host)
    {
        if (host.PortBindings.Count > 0 && NetworkMode.Parse(host.NetworkMode).Kind == NetworkModeKind.Host)
            yield return "Published ports are discarded when using host network mode";
    }

    /// <summary>As with docker, whose --selinux-enabled is off by default: accepted, and without effect.</summary>
    private static IEnumerable<string> WarnOfSecurity(SecurityOptions security)
    {
        if (security.Labels.Any(label => label != "disable"))
            yield return "SELinux labels have no effect: this daemon does not enforce them.";
    }

    private static void Require(bool right, string message)
    {
        if (!right)
            throw EngineException.Invalid(message);
    }
}
