using System.Collections.Immutable;
using Orchestrator.Model;
using Dto = Orchestrator.Api;

namespace Orchestrator.EngineApi.Swarm;

/// <summary>The container of a service's tasks as docker's clients write it, into the model. Pure.</summary>
internal static class ContainerSpecReader
{
    public static ContainerSpec Read(Dto.Swarm.ContainerSpec spec)
    {
        SpecFields.Refuse(
            spec.Privileges is { NoNewPrivileges: true } or { Seccomp: not null } or { AppArmor: not null },
            "a privilege option");
        SpecFields.Refuse(spec.OomScoreAdj is not (null or 0), "oom-score-adj");
        SpecFields.Refuse(spec.Isolation is not (null or "" or "default"), $"isolation {spec.Isolation}");
        SpecFields.Refuse(spec.Healthcheck?.StartInterval is > 0, "health-start-interval");
        if (string.IsNullOrEmpty(spec.Image))
            throw SpecFields.Invalid("ContainerSpec: image reference must be provided.", "Name an image.");
        return new ContainerSpec
        {
            Image = spec.Image,
            Command = SpecFields.List(spec.Command),
            Args = SpecFields.List(spec.Args),
            Env = SpecFields.List(spec.Env),
            Labels = SpecFields.Map(spec.Labels),
            Hostname = spec.Hostname ?? "",
            WorkingDirectory = spec.Dir ?? "",
            User = spec.User ?? "",
            Groups = SpecFields.List(spec.Groups),
            Tty = spec.TTY ?? false,
            OpenStdin = spec.OpenStdin ?? false,
            ReadOnly = spec.ReadOnly ?? false,
            Init = spec.Init,
            StopSignal = spec.StopSignal ?? "",
            StopGracePeriod = spec.StopGracePeriod is { } grace ? SpecFields.Time(grace) : null,
            Mounts = [.. (spec.Mounts ?? []).Select(ReadMount)],
            Hosts = SpecFields.List(spec.Hosts),
            Dns = new DnsConfig
            {
                Servers = SpecFields.List(spec.DNSConfig?.Nameservers),
                Search = SpecFields.List(spec.DNSConfig?.Search),
                Options = SpecFields.List(spec.DNSConfig?.Options),
            },
            Health = ReadHealth(spec.Healthcheck),
            CapabilityAdd = SpecFields.List(spec.CapabilityAdd),
            CapabilityDrop = SpecFields.List(spec.CapabilityDrop),
            Sysctls = SpecFields.Map(spec.Sysctls),
            Ulimits = [.. (spec.Ulimits ?? []).Select(static u => new Ulimit(u.Name, u.Soft, u.Hard))],
            Payloads = PayloadReferences.Read(spec),
        };
    }

    private static MountSpec ReadMount(Dto.Mount mount)
    {
        SpecFields.Refuse(
            mount.VolumeOptions is { DriverConfig: { Name: not (null or "" or "local") } or { Options.Count: > 0 } },
            "a volume driver");
        SpecFields.Refuse(mount.VolumeOptions?.Labels is { Count: > 0 }, "a volume label");
        SpecFields.Refuse(!string.IsNullOrEmpty(mount.VolumeOptions?.Subpath), "volume-subpath");
        SpecFields.Refuse(mount.VolumeOptions?.NoCopy == true, "volume-nocopy");
        SpecFields.Refuse(
            mount.BindOptions is { NonRecursive: true } or { CreateMountpoint: true }
            or { ReadOnlyForceRecursive: true } or { ReadOnlyNonRecursive: true }, "this bind option");
        if (string.IsNullOrEmpty(mount.Target))
            throw SpecFields.Invalid("invalid mount: target is missing.", "Add target=PATH.");
        return new MountSpec(
            SpecFields.Word(mount.Type, "mount type", MountType.Volume,
                ("bind", MountType.Bind), ("volume", MountType.Volume), ("tmpfs", MountType.Tmpfs)),
            mount.Source ?? "", mount.Target, mount.ReadOnly ?? false, mount.BindOptions?.Propagation ?? "",
            mount.TmpfsOptions?.SizeBytes ?? 0, (int)(mount.TmpfsOptions?.Mode ?? 0));
    }

    private static HealthConfig? ReadHealth(Dto.HealthConfig? health) => health is null ? null : new HealthConfig(
        SpecFields.List(health.Test), SpecFields.Time(health.Interval ?? 0), SpecFields.Time(health.Timeout ?? 0),
        SpecFields.Time(health.StartPeriod ?? 0), health.Retries ?? 0);
}
