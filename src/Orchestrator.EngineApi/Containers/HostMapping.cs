using Orchestrator.Engine;
using Orchestrator.Engine.Containers;
using Orchestrator.Network;
using Orchestrator.Oci.Bundle;

namespace Orchestrator.EngineApi.Containers;

/// <summary>docker's HostConfig and the engine's <see cref="HostSpec"/>, both ways. Pure.</summary>
internal static class HostMapping
{
    public static HostSpec ToSpec(Api.HostConfig host)
    {
        HostRefusals.Check(host);
        return Spec(host);
    }

    private static HostSpec Spec(Api.HostConfig host) => new()
    {
        NetworkMode = host.NetworkMode.Length > 0 ? host.NetworkMode : "default",
        Binds = host.Binds ?? [],
        Mounts = [.. (host.Mounts ?? []).Select(Mount)],
        Tmpfs = host.Tmpfs ?? [],
        VolumesFrom = host.VolumesFrom ?? [],
        Links = host.Links ?? [],
        PortBindings = [.. PortMapping.ToBindings(host.PortBindings ?? [])],
        PublishAllPorts = host.PublishAllPorts,
        RestartPolicy = Policy(host.RestartPolicy),
        AutoRemove = host.AutoRemove,
        Privileged = host.Privileged,
        ReadonlyRootfs = host.ReadonlyRootfs,
        Init = host.Init,
        Runtime = host.Runtime ?? "",
        CapAdd = host.CapAdd ?? [],
        CapDrop = host.CapDrop ?? [],
        SecurityOpt = host.SecurityOpt ?? [],
        MaskedPaths = host.MaskedPaths,
        ReadonlyPaths = host.ReadonlyPaths,
        GroupAdd = host.GroupAdd ?? [],
        Dns = host.Dns ?? [],
        DnsSearch = host.DnsSearch ?? [],
        DnsOptions = host.DnsOptions ?? [],
        ExtraHosts = host.ExtraHosts ?? [],
        IpcMode = host.IpcMode,
        PidMode = host.PidMode,
        UtsMode = host.UTSMode,
        UsernsMode = host.UsernsMode,
        CgroupnsMode = host.CgroupnsMode,
        CgroupParent = host.CgroupParent,
        ShmSizeBytes = host.ShmSize,
        OomScoreAdj = host.OomScoreAdj,
        Sysctls = host.Sysctls ?? [],
        Ulimits = [.. (host.Ulimits ?? []).Select(limit => new UlimitRequest(limit.Name, limit.Soft, limit.Hard))],
        Devices = [.. (host.Devices ?? []).Select(Device)],
        DeviceCgroupRules = host.DeviceCgroupRules ?? [],
        Annotations = host.Annotations ?? [],
        Resources = ResourceMapping.ToSpec(host),
        Log = new LogSpec(host.LogConfig.Type, host.LogConfig.Config),
    };

    public static Api.HostConfig ToApi(HostSpec spec)
    {
        var host = Host(spec);
        ResourceMapping.Show(spec.Resources, host);
        return host;
    }

    private static Api.HostConfig Host(HostSpec spec) => new()
    {
        NetworkMode = spec.NetworkMode is "default" ? "bridge" : spec.NetworkMode,
        Binds = [.. spec.Binds],
        Mounts = spec.Mounts.Count == 0 ? null : [.. spec.Mounts.Select(Mount)],
        Tmpfs = spec.Tmpfs.Count == 0 ? null : new(spec.Tmpfs),
        PortBindings = PortMapping.ToApi(spec.PortBindings),
        PublishAllPorts = spec.PublishAllPorts,
        RestartPolicy = new()
        {
            Name = Name(spec.RestartPolicy),
            MaximumRetryCount = spec.RestartPolicy.MaximumRetryCount,
        },
        AutoRemove = spec.AutoRemove,
        Privileged = spec.Privileged,
        ReadonlyRootfs = spec.ReadonlyRootfs,
        Init = spec.Init,
        CapAdd = NullIfNone(spec.CapAdd),
        CapDrop = NullIfNone(spec.CapDrop),
        SecurityOpt = NullIfNone(spec.SecurityOpt),
        MaskedPaths = [.. spec.MaskedPaths ?? (spec.Privileged ? [] : ContainerDefaults.MaskedPaths)],
        ReadonlyPaths = [.. spec.ReadonlyPaths ?? (spec.Privileged ? [] : ContainerDefaults.ReadonlyPaths)],
        GroupAdd = NullIfNone(spec.GroupAdd),
        Dns = [.. spec.Dns],
        DnsSearch = [.. spec.DnsSearch],
        DnsOptions = [.. spec.DnsOptions],
        ExtraHosts = NullIfNone(spec.ExtraHosts),
        IpcMode = spec.IpcMode.Length > 0 ? spec.IpcMode : "private",
        PidMode = spec.PidMode,
        UTSMode = spec.UtsMode,
        UsernsMode = spec.UsernsMode,
        CgroupnsMode = spec.CgroupnsMode.Length > 0 ? spec.CgroupnsMode : "private",
        CgroupParent = spec.CgroupParent,
        ShmSize = spec.ShmSizeBytes > 0 ? spec.ShmSizeBytes : 64 << 20,
        OomScoreAdj = spec.OomScoreAdj,
        Sysctls = spec.Sysctls.Count == 0 ? null : new(spec.Sysctls),
        Ulimits = [.. spec.Ulimits.Select(
            limit => new Api.Ulimit { Name = limit.Name, Soft = limit.Soft, Hard = limit.Hard })],
        Devices = [.. spec.Devices.Select(Device)],
        DeviceCgroupRules = NullIfNone(spec.DeviceCgroupRules),
        Annotations = spec.Annotations.Count == 0 ? null : new(spec.Annotations),
        VolumesFrom = NullIfNone(spec.VolumesFrom),
        LogConfig = new()
        {
            Type = spec.Log.Driver.Length > 0 ? spec.Log.Driver : "json-file",
            Config = spec.Log.Options is { } options ? new(options) : [],
        },
        Runtime = spec.Runtime.Length > 0 ? spec.Runtime : OciRuntime.Own,
    };

    public static RestartPolicy Policy(Api.RestartPolicy policy) => new(
        policy.Name switch
        {
            "" or "no" => RestartCondition.No,
            "always" => RestartCondition.Always,
            "unless-stopped" => RestartCondition.UnlessStopped,
            "on-failure" => RestartCondition.OnFailure,
            _ => throw EngineException.Invalid($"invalid restart policy: unknown policy '{policy.Name}'; " +
                "use one of 'no', 'always', 'on-failure', or 'unless-stopped'"),
        },
        policy.MaximumRetryCount);

    private static string Name(RestartPolicy policy) => policy.Condition switch
    {
        RestartCondition.Always => "always",
        RestartCondition.UnlessStopped => "unless-stopped",
        RestartCondition.OnFailure => "on-failure",
        _ => "no",
    };

    private static MountRequest Mount(Api.Mount mount) => new(
        mount.Type ?? "volume",
        mount.Source ?? "",
        mount.Target ?? "",
        mount.ReadOnly ?? false,
        mount.BindOptions?.Propagation ?? "",
        mount.BindOptions?.CreateMountpoint ?? false,
        mount.VolumeOptions?.NoCopy ?? false,
        mount.TmpfsOptions?.SizeBytes ?? 0,
        (int)(mount.TmpfsOptions?.Mode ?? 0),
        mount.VolumeOptions?.Labels,
        mount.BindOptions?.NonRecursive ?? false,
        mount.BindOptions?.ReadOnlyNonRecursive ?? false,
        mount.BindOptions?.ReadOnlyForceRecursive ?? false,
        mount.VolumeOptions?.DriverConfig?.Options,
        mount.ImageOptions?.Subpath ?? mount.VolumeOptions?.Subpath ?? "");

    private static Api.Mount Mount(MountRequest mount) => new()
    {
        Type = mount.Type,
        Source = mount.Source,
        Target = mount.Target,
        ReadOnly = mount.ReadOnly ? true : null,
        BindOptions = mount is { Propagation: "", CreateSource: false, NonRecursive: false,
            ReadOnlyNonRecursive: false, ReadOnlyForceRecursive: false } ? null : new()
            {
                Propagation = mount.Propagation.Length > 0 ? mount.Propagation : null,
                CreateMountpoint = mount.CreateSource ? true : null,
                NonRecursive = mount.NonRecursive ? true : null,
                ReadOnlyNonRecursive = mount.ReadOnlyNonRecursive ? true : null,
                ReadOnlyForceRecursive = mount.ReadOnlyForceRecursive ? true : null,
            },
        VolumeOptions = mount.Type == "image" ? null : VolumeOptions(mount),
        ImageOptions = mount is { Type: "image", Subpath.Length: > 0 } ? new() { Subpath = mount.Subpath } : null,
        TmpfsOptions = mount.Type == "tmpfs" && (mount.TmpfsSizeBytes > 0 || mount.Mode > 0)
            ? new() { SizeBytes = mount.TmpfsSizeBytes, Mode = (uint)mount.Mode } : null,
    };

    private static Api.VolumeOptions? VolumeOptions(MountRequest mount) =>
        mount is { NoCopy: false, VolumeLabels: null or { Count: 0 }, VolumeOptions: null or { Count: 0 }, Subpath: "" }
            ? null
            : new()
            {
                NoCopy = mount.NoCopy ? true : null,
                Labels = mount.VolumeLabels is { } labels ? new(labels) : null,
                Subpath = mount.Subpath.Length > 0 ? mount.Subpath : null,
                DriverConfig = mount.VolumeOptions is { Count: > 0 } options
                    ? new() { Name = "local", Options = new(options) } : null,
            };

    private static DeviceRequest Device(Api.DeviceMapping device) =>
        new(device.PathOnHost, device.PathInContainer, device.CgroupPermissions);

    private static Api.DeviceMapping Device(DeviceRequest device) => new()
    {
        PathOnHost = device.HostPath, PathInContainer = device.ContainerPath, CgroupPermissions = device.Permissions,
    };

    private static string[]? NullIfNone(IReadOnlyList<string> list) => list.Count == 0 ? null : [.. list];
}
