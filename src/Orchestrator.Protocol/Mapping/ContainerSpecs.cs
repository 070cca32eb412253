using Google.Protobuf.WellKnownTypes;

namespace Orchestrator.Protocol.Mapping;

public static class ContainerSpecs
{
    public static P.ContainerSpec ToProto(this M.ContainerSpec spec)
    {
        var proto = new P.ContainerSpec
        {
            Image = spec.Image,
            Command = { spec.Command },
            Args = { spec.Args },
            Env = { spec.Env },
            Labels = { spec.Labels },
            Hostname = spec.Hostname,
            WorkingDirectory = spec.WorkingDirectory,
            User = spec.User,
            Groups = { spec.Groups },
            Tty = spec.Tty,
            OpenStdin = spec.OpenStdin,
            ReadOnly = spec.ReadOnly,
            StopSignal = spec.StopSignal,
            StopGracePeriod = spec.StopGracePeriod is { } grace ? Duration.FromTimeSpan(grace) : null,
            Mounts = { spec.Mounts.Select(ToProto) },
            Hosts = { spec.Hosts },
            Dns = new P.DnsConfig
            {
                Servers = { spec.Dns.Servers },
                Search = { spec.Dns.Search },
                Options = { spec.Dns.Options },
            },
            Health = spec.Health?.ToProto(),
            CapabilityAdd = { spec.CapabilityAdd },
            CapabilityDrop = { spec.CapabilityDrop },
            Sysctls = { spec.Sysctls },
            Ulimits = { spec.Ulimits.Select(u => new P.Ulimit { Name = u.Name, Soft = u.Soft, Hard = u.Hard }) },
            Payloads = { spec.Payloads.Select(Payloads.ToProto) },
        };
        if (spec.Init is { } init)
            proto.Init = init;
        return proto;
    }

    public static M.ContainerSpec ToModel(this P.ContainerSpec spec) => new()
    {
        Image = spec.Image,
        Command = spec.Command.Strings(),
        Args = spec.Args.Strings(),
        Env = spec.Env.Strings(),
        Labels = spec.Labels.Sorted(),
        Hostname = spec.Hostname,
        WorkingDirectory = spec.WorkingDirectory,
        User = spec.User,
        Groups = spec.Groups.Strings(),
        Tty = spec.Tty,
        OpenStdin = spec.OpenStdin,
        ReadOnly = spec.ReadOnly,
        Init = spec.HasInit ? spec.Init : null,
        StopSignal = spec.StopSignal,
        StopGracePeriod = spec.StopGracePeriod?.ToTimeSpan(),
        Mounts = spec.Mounts.Array(ToModel),
        Hosts = spec.Hosts.Strings(),
        Dns = spec.Dns is { } dns
            ? new()
            {
                Servers = dns.Servers.Strings(),
                Search = dns.Search.Strings(),
                Options = dns.Options.Strings(),
            }
            : new(),
        Health = spec.Health?.ToModel(),
        CapabilityAdd = spec.CapabilityAdd.Strings(),
        CapabilityDrop = spec.CapabilityDrop.Strings(),
        Sysctls = spec.Sysctls.Sorted(),
        Ulimits = spec.Ulimits.Array(u => new M.Ulimit(u.Name, u.Soft, u.Hard)),
        Payloads = spec.Payloads.Array(Payloads.ToModel),
    };

    private static P.MountSpec ToProto(this M.MountSpec mount) => new()
    {
        Type = (P.MountType)mount.Type,
        Source = mount.Source,
        Target = mount.Target,
        ReadOnly = mount.ReadOnly,
        Propagation = mount.Propagation,
        TmpfsSizeBytes = mount.TmpfsSizeBytes,
        TmpfsMode = mount.TmpfsMode,
    };

    private static M.MountSpec ToModel(this P.MountSpec mount) => new(
        (M.MountType)mount.Type, mount.Source, mount.Target, mount.ReadOnly, mount.Propagation,
        mount.TmpfsSizeBytes, mount.TmpfsMode);

    private static P.HealthConfig ToProto(this M.HealthConfig health) => new()
    {
        Test = { health.Test },
        Interval = Duration.FromTimeSpan(health.Interval),
        Timeout = Duration.FromTimeSpan(health.Timeout),
        StartPeriod = Duration.FromTimeSpan(health.StartPeriod),
        Retries = health.Retries,
    };

    private static M.HealthConfig ToModel(this P.HealthConfig health) => new(
        health.Test.Strings(), health.Interval.OrZero(), health.Timeout.OrZero(), health.StartPeriod.OrZero(),
        health.Retries);

    internal static TimeSpan OrZero(this Duration? duration) => duration?.ToTimeSpan() ?? TimeSpan.Zero;
}
