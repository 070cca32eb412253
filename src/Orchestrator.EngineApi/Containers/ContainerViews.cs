using System.Globalization;
using Orchestrator.Engine;
using Orchestrator.Engine.Containers;
using Orchestrator.Engine.Health;
using Orchestrator.Network;

namespace Orchestrator.EngineApi.Containers;

/// <summary>Containers as docker shows them.</summary>
internal static class ContainerViews
{
    public static Api.ContainerInspect Inspect(ContainerRecord record, ContainerEngine engine)
    {
        var run = Path.Combine(engine.Options.RunRoot, "containers", record.Id[..32]);
        return new Api.ContainerInspect
        {
            Id = record.Id,
            Created = Api.UtcTimeConverter.Format(record.Created),
            Path = record.Process.Arguments[0],
            Args = [.. record.Process.Arguments.Skip(1)],
            State = State(record),
            Image = record.ImageId,
            ResolvConfPath = Path.Combine(run, "etc", "resolv.conf"),
            HostnamePath = Path.Combine(run, "etc", "hostname"),
            HostsPath = Path.Combine(run, "etc", "hosts"),
            LogPath = record.Spec.Host.Log.Driver == LogDrivers.Local ? "" : record.LogPath,
            Name = "/" + record.Name,
            RestartCount = record.State.RestartCount,
            Driver = "overlay2",
            Platform = "linux",
            AppArmorProfile = engine.ApparmorOf(record),
            ExecIDs = engine.ExecsOf(record.Id) is { Count: > 0 } execs ? [.. execs] : null,
            HostConfig = HostMapping.ToApi(record.Spec.Host) with
            {
                Links = Links(record, engine),
                ConsoleSize = record.Spec.ConsoleSize is { } size ? [size.Height, size.Width] : [0, 0],
            },
            GraphDriver = Graph(record, engine),
            Mounts = [.. record.Mounts.Where(mount => mount.Type != "tmpfs").Select(Mount)],
            Config = Config(record),
            NetworkSettings = Network(record) with
            {
                SandboxKey = record.State.IsUp ? engine.Network.NamespaceOf(record.Id) ?? "" : "",
            },
        };
    }

    /// <param name="aliases">Names that others have for it.</param>
    public static Api.ContainerSummary Summary(
        ContainerRecord record, DateTimeOffset now, IEnumerable<string> aliases) => new()
    {
        Id = record.Id,
        Names = ["/" + record.Name, .. aliases],
        Image = record.Spec.Image,
        ImageID = record.ImageId,
        Command = string.Join(' ', record.Process.Arguments),
        Created = record.Created.ToUnixTimeSeconds(),
        Ports = [.. Ports(record)],
        Labels = new(record.Process.Labels),
        State = Word(record.State.Status),
        Status = StatusText.Of(record, now),
        HostConfig = new()
        {
            NetworkMode = record.Spec.Host.NetworkMode is "default" ? "bridge" : record.Spec.Host.NetworkMode,
        },
        NetworkSettings = new() { Networks = Networks(record) },
        Mounts = [.. record.Mounts.Where(mount => mount.Type != "tmpfs").Select(Mount)],
    };

    /// <summary>Null as docker has it where there are none.</summary>
    private static string[]? Links(ContainerRecord record, ContainerEngine engine) =>
        record.Links.Count > 0 ? [.. engine.LinksOf(record)]
        : record.Spec.Host.Links.Count > 0 ? [.. record.Spec.Host.Links] : null;

    public static string Word(ContainerStatus status) => status switch
    {
        ContainerStatus.Created => "created",
        ContainerStatus.Running => "running",
        ContainerStatus.Paused => "paused",
        ContainerStatus.Restarting => "restarting",
        ContainerStatus.Removing => "removing",
        ContainerStatus.Exited => "exited",
        _ => "dead",
    };

    /// <summary>As filters have it: <c>none</c> for a container without a check.</summary>
    public static string Word(HealthRecord? health) => health?.Status.ToString().ToLowerInvariant() ?? "none";

    private static Api.Health? Health(HealthRecord? health) => health is null ? null : new()
    {
        Status = Word(health),
        FailingStreak = health.FailingStreak,
        Log =
        [
            .. health.Log.Select(probe => new Api.HealthResult
            {
                Start = probe.Start, End = probe.End, ExitCode = probe.ExitCode, Output = probe.Output,
            }),
        ],
    };

    private static Api.HealthConfig? Healthcheck(HealthSpec? spec) => spec is null ? null : new()
    {
        Test = [.. spec.Test],
        Interval = Nanoseconds(spec.Interval),
        Timeout = Nanoseconds(spec.Timeout),
        StartPeriod = Nanoseconds(spec.StartPeriod),
        StartInterval = Nanoseconds(spec.StartInterval),
        Retries = spec.Retries > 0 ? spec.Retries : null,
    };

    private static long? Nanoseconds(TimeSpan time) =>
        time == TimeSpan.Zero ? null : time.Ticks * TimeSpan.NanosecondsPerTick;

    private static Api.ContainerState State(ContainerRecord record)
    {
        var state = record.State;
        return new Api.ContainerState
        {
            Status = Word(state.Status),
            Running = state.IsUp || state.Status == ContainerStatus.Restarting,
            Paused = state.Status == ContainerStatus.Paused,
            Restarting = state.Status == ContainerStatus.Restarting,
            OOMKilled = state.OomKilled,
            Dead = state.Status == ContainerStatus.Dead,
            Pid = state.Pid,
            ExitCode = state.ExitCode,
            Error = state.Error,
            StartedAt = Time(state.StartedAt),
            FinishedAt = Time(state.FinishedAt),
            Health = Health(state.Health),
        };
    }

    private static string Time(DateTimeOffset? time) =>
        time is { } known ? Api.UtcTimeConverter.Format(known) : Api.ContainerState.ZeroTime;

    private static Api.GraphDriver Graph(ContainerRecord record, ContainerEngine engine)
    {
        var data = new Dictionary<string, string>();
        if (engine.Images.FindSnapshot(record.Id) is { } snapshot)
        {
            data["LowerDir"] = string.Join(':', snapshot.LowerDirs);
            data["UpperDir"] = snapshot.UpperDir;
            data["WorkDir"] = snapshot.WorkDir;
        }

        return new Api.GraphDriver { Name = "overlay2", Data = data };
    }

    private static Api.MountPoint Mount(MountRecord mount) => new()
    {
        Type = mount.Type,
        Name = mount.Type == "volume" ? mount.Name : null,
        Source = mount.Source,
        Destination = mount.Target,
        Driver = mount.Type == "volume" ? "local" : null,
        Mode = mount.ReadOnly ? "ro" : "",
        RW = !mount.ReadOnly,
        Propagation = mount.Type == "bind" ? mount.Propagation : "",
    };

    private static Api.ContainerConfig Config(ContainerRecord record)
    {
        var (spec, process) = (record.Spec, record.Process);
        return new Api.ContainerConfig
        {
            Hostname = spec.Hostname.Length > 0 ? spec.Hostname : record.ShortId,
            Domainname = spec.Domainname,
            User = process.User,
            AttachStdin = spec.AttachStdin,
            AttachStdout = spec.AttachStdout,
            AttachStderr = spec.AttachStderr,
            ExposedPorts = process.ExposedPorts.Count == 0
                ? null : process.ExposedPorts.ToDictionary(port => port, _ => new Api.EmptyObject()),
            Healthcheck = Healthcheck(process.Health),
            Tty = spec.Tty,
            OpenStdin = spec.OpenStdin,
            StdinOnce = spec.StdinOnce,
            Env = [.. process.Environment],
            Cmd = [.. process.Arguments.Skip(process.EntrypointLength)],
            Image = spec.Image,
            Volumes = spec.Volumes.Count == 0 ? null
                : spec.Volumes.ToDictionary(path => path, _ => new Api.EmptyObject()),
            WorkingDir = process.WorkingDirectory == "/" ? "" : process.WorkingDirectory,
            Entrypoint = process.EntrypointLength == 0 ? null : [.. process.Arguments.Take(process.EntrypointLength)],
            Labels = new(process.Labels),
            StopSignal = process.StopSignal == "SIGTERM" ? null : process.StopSignal,
            StopTimeout = spec.StopTimeoutSeconds,
        };
    }

    private static Api.NetworkSettings Network(ContainerRecord record)
    {
        var networks = Networks(record);
        var bridge = networks.GetValueOrDefault("bridge") ?? new Api.EndpointSettings();
        var ports = record.Process.ExposedPorts.ToDictionary(port => port, _ => (Api.PortBinding[]?)null);
        if (record.State.IsUp)
        {
            foreach (var (port, bindings) in PortMapping.ToApi(record.Ports.SelectMany(BothFamilies)))
                ports[port] = bindings;
        }

        return new Api.NetworkSettings
        {
            SandboxID = record.State.IsUp ? record.Id : "",
            Ports = record.State.IsUp ? ports : [],
            EndpointID = bridge.EndpointID,
            Gateway = bridge.Gateway,
            IPAddress = bridge.IPAddress,
            IPPrefixLen = bridge.IPPrefixLen,
            IPv6Gateway = bridge.IPv6Gateway,
            GlobalIPv6Address = bridge.GlobalIPv6Address,
            GlobalIPv6PrefixLen = bridge.GlobalIPv6PrefixLen,
            MacAddress = bridge.MacAddress,
            Networks = networks,
        };
    }

    private static Dictionary<string, Api.EndpointSettings> Networks(ContainerRecord record) => record.Connections
        .ToDictionary(connection => connection.NetworkName, connection => Endpoint(connection));

    private static Api.EndpointSettings Endpoint(NetworkConnection connection)
    {
        var endpoint = connection.Endpoint;
        var (address, length) = Split(endpoint?.IPv4);
        var (address6, length6) = Split(endpoint?.IPv6);
        return new Api.EndpointSettings
        {
            IPAMConfig = connection.Wanted is { IPv4: null, IPv6: null } ? null
                : new() { IPv4Address = connection.Wanted.IPv4, IPv6Address = connection.Wanted.IPv6 },
            Aliases = connection.Wanted.Aliases.IsDefaultOrEmpty ? null : [.. connection.Wanted.Aliases],
            Links = connection.Wanted.Links.IsDefaultOrEmpty
                ? null : [.. connection.Wanted.Links.Select(link => $"{link.Target}:{link.Alias}")],
            MacAddress = endpoint?.Mac ?? "",
            NetworkID = endpoint?.NetworkId ?? "",
            EndpointID = endpoint?.EndpointId ?? "",
            Gateway = endpoint?.Gateway ?? "",
            IPAddress = address,
            IPPrefixLen = length,
            IPv6Gateway = endpoint?.Gateway6 ?? "",
            GlobalIPv6Address = address6,
            GlobalIPv6PrefixLen = length6,
            DNSNames = endpoint is null || endpoint.DnsNames.IsDefaultOrEmpty ? null : [.. endpoint.DnsNames],
        };
    }

    private static (string Address, int Length) Split(string? cidr)
    {
        var slash = cidr?.IndexOf('/') ?? -1;
        return slash > 0 ? (cidr![..slash], int.Parse(cidr.AsSpan(slash + 1), CultureInfo.InvariantCulture)) : ("", 0);
    }

    private static IEnumerable<Api.PortSummary> Ports(ContainerRecord record)
    {
        if (!record.State.IsUp)
            yield break;
        var published = record.Ports.Select(port => $"{port.ContainerPort}/{port.Protocol}").ToHashSet();
        foreach (var binding in record.Ports.SelectMany(BothFamilies))
        {
            yield return new Api.PortSummary
            {
                IP = binding.HostIp, PrivatePort = (ushort)binding.ContainerPort, PublicPort = (ushort)binding.HostPort,
                Type = binding.Protocol,
            };
        }

        foreach (var exposed in record.Process.ExposedPorts.Where(
            port => !published.Contains(port) && !port.Contains('-')))
        {
            var (port, protocol) = PortMapping.Key(exposed);
            yield return new Api.PortSummary { PrivatePort = (ushort)port, Type = protocol };
        }
    }

    private static IEnumerable<PortBinding> BothFamilies(PortBinding binding) => binding.Split()
        .Select(one => one with { HostIp = one.HostIp.Length > 0 ? one.HostIp : "0.0.0.0" });
}
