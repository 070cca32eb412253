using Orchestrator.Model;
using Dto = Orchestrator.Api;

namespace Orchestrator.EngineApi.Swarm;

/// <summary>The container of a service's tasks as docker's clients read it. Pure.</summary>
internal static class ContainerSpecViews
{
    public static Dto.Swarm.ContainerSpec Of(ContainerSpec spec) => new()
    {
        Image = spec.Image,
        Labels = SpecFields.MapOrNull(spec.Labels),
        Command = SpecFields.OrNull(spec.Command),
        Args = SpecFields.OrNull(spec.Args),
        Hostname = SpecFields.OrNull(spec.Hostname),
        Env = SpecFields.OrNull(spec.Env),
        Dir = SpecFields.OrNull(spec.WorkingDirectory),
        User = SpecFields.OrNull(spec.User),
        Groups = SpecFields.OrNull(spec.Groups),
        Init = spec.Init,
        StopSignal = SpecFields.OrNull(spec.StopSignal),
        TTY = spec.Tty ? true : null,
        OpenStdin = spec.OpenStdin ? true : null,
        ReadOnly = spec.ReadOnly ? true : null,
        Mounts = spec.Mounts.IsEmpty ? null : [.. spec.Mounts.Select(Of)],
        StopGracePeriod = spec.StopGracePeriod is { } grace ? SpecFields.Nanoseconds(grace) : null,
        Healthcheck = Of(spec.Health),
        Hosts = SpecFields.OrNull(spec.Hosts),
        DNSConfig = new Dto.Swarm.DnsConfig
        {
            Nameservers = SpecFields.OrNull(spec.Dns.Servers),
            Search = SpecFields.OrNull(spec.Dns.Search),
            Options = SpecFields.OrNull(spec.Dns.Options),
        },
        Secrets = PayloadReferences.Secrets(spec),
        Configs = PayloadReferences.Configs(spec),
        Isolation = "default",
        Sysctls = SpecFields.MapOrNull(spec.Sysctls),
        CapabilityAdd = SpecFields.OrNull(spec.CapabilityAdd),
        CapabilityDrop = SpecFields.OrNull(spec.CapabilityDrop),
        Ulimits = spec.Ulimits.IsEmpty ? null
            : [.. spec.Ulimits.Select(static u => new Dto.Ulimit { Name = u.Name, Soft = u.Soft, Hard = u.Hard })],
    };

    private static Dto.Mount Of(MountSpec mount) => new()
    {
        Type = mount.Type switch { MountType.Bind => "bind", MountType.Tmpfs => "tmpfs", _ => "volume" },
        Source = SpecFields.OrNull(mount.Source),
        Target = mount.Target,
        ReadOnly = mount.ReadOnly ? true : null,
        BindOptions = mount.Propagation.Length == 0 ? null : new Dto.BindOptions { Propagation = mount.Propagation },
        TmpfsOptions = mount is { TmpfsSizeBytes: 0, TmpfsMode: 0 } ? null : new Dto.TmpfsOptions
        {
            SizeBytes = SpecFields.OrNull(mount.TmpfsSizeBytes),
            Mode = mount.TmpfsMode == 0 ? null : (uint)mount.TmpfsMode,
        },
    };

    private static Dto.HealthConfig? Of(HealthConfig? health) => health is null ? null : new Dto.HealthConfig
    {
        Test = SpecFields.OrNull(health.Test),
        Interval = SpecFields.OrNull(SpecFields.Nanoseconds(health.Interval)),
        Timeout = SpecFields.OrNull(SpecFields.Nanoseconds(health.Timeout)),
        StartPeriod = SpecFields.OrNull(SpecFields.Nanoseconds(health.StartPeriod)),
        Retries = health.Retries == 0 ? null : health.Retries,
    };
}
