using Orchestrator.Engine.Containers;
using Orchestrator.Model;
using Orchestrator.Network;
using Orchestrator.Network.Pipes;
using ContainerSpec = Orchestrator.Engine.Containers.ContainerSpec;

namespace Orchestrator.Agent.Tasks;

/// <summary>A task in the engine's words. Pure.</summary>
public static class TaskContainer
{
    /// <summary>Labels that tools of the field look for.</summary>
    public const string LabelPrefix = "com.docker.swarm.";

    public static ContainerSpec Of(OrchTask task)
    {
        var spec = task.Spec.Container;
        return new ContainerSpec
        {
            Image = spec.Image,
            Hostname = spec.Hostname,
            User = spec.User,
            Tty = spec.Tty,
            OpenStdin = spec.OpenStdin,
            Env = spec.Env,
            Entrypoint = spec.Command.IsEmpty ? null : spec.Command,
            Command = spec.Args.IsEmpty ? null : spec.Args,
            WorkingDirectory = spec.WorkingDirectory,
            Labels = Labels(task),
            StopSignal = spec.StopSignal,
            StopTimeoutSeconds = spec.StopGracePeriod is { } grace ? (int)grace.TotalSeconds : null,
            Health = spec.Health is { } health
                ? new(health.Test, health.Interval, health.Timeout, health.StartPeriod, TimeSpan.Zero, health.Retries)
                : null,
            Host = Host(task),
            Files = spec.Payloads.IsEmpty ? null
                : [.. spec.Payloads.Select(p => new FileFromMemory(p.Id.Value, p.Name, p.Path, p.Uid, p.Gid, p.Mode))],
            Networks = [.. task.Networks.Select(network => Endpoint(network, task.Id))],
        };
    }

    /// <summary>The task's pipes, with the addresses of its slot.</summary>
    /// <exception cref="NetworkException">There are fewer addresses than slots.</exception>
    public static IEnumerable<PipeConfig> PipesOf(OrchTask task) => task.Spec.Pipes.Select(pipe => PipeWords.Parse(
        pipe,
        pipe.AddressOf(task.Slot) ?? throw new NetworkException(
            NetworkFault.Conflict, $"pipe to {pipe.HostInterface} has no address for slot {task.Slot}; widen its range")));

    private static Dictionary<string, string> Labels(OrchTask task) => new(task.Spec.Container.Labels)
    {
        [LabelPrefix + "task"] = "",
        [LabelPrefix + "task.id"] = task.Id.Value,
        [LabelPrefix + "task.name"] = task.Name,
        [LabelPrefix + "node.id"] = task.NodeId.Value,
        [LabelPrefix + "service.id"] = task.ServiceId.Value,
        [LabelPrefix + "service.name"] = task.ServiceAnnotations.Name,
    };

    private static HostSpec Host(OrchTask task)
    {
        var spec = task.Spec.Container;
        var limits = task.Spec.Resources;
        return new HostSpec
        {
            NetworkMode = task.Spec.HostNetwork ? NetworkDrivers.Host : "default",
            Mounts = [.. spec.Mounts.Select(Mount)],
            PortBindings =
            [
                .. (task.Endpoint?.Ports ?? []).Where(p => p.Mode == PublishMode.Host)
                    .Select(p =>
                        new PortBinding(p.HostIp, p.PublishedPort, p.TargetPort, p.Protocol.ToString().ToLowerInvariant())),
            ],
            ReadonlyRootfs = spec.ReadOnly,
            Init = spec.Init,
            CapAdd = spec.CapabilityAdd,
            CapDrop = spec.CapabilityDrop,
            GroupAdd = spec.Groups,
            Dns = spec.Dns.Servers,
            DnsSearch = spec.Dns.Search,
            DnsOptions = spec.Dns.Options,
            ExtraHosts = [.. spec.Hosts.Select(HostEntry)],
            Sysctls = spec.Sysctls,
            Ulimits = [.. spec.Ulimits.Select(u => new UlimitRequest(u.Name, u.Soft, u.Hard))],
            Resources = new ResourceSpec
            {
                MemoryBytes = limits.Limits.MemoryBytes,
                MemoryReservationBytes = limits.Reservations.MemoryBytes,
                NanoCpus = limits.Limits.NanoCpus,
                PidsLimit = limits.PidsLimit,
            },
            Log = task.Spec.LogDriver is { } log ? new(log.Name, log.Options) : new(),
        };
    }

    private static MountRequest Mount(MountSpec mount) => new(
        mount.Type.ToString().ToLowerInvariant(), mount.Source, mount.Target, mount.ReadOnly, mount.Propagation,
        TmpfsSizeBytes: mount.TmpfsSizeBytes, Mode: mount.TmpfsMode);

    /// <summary>What the cluster gave a task on one network.</summary>
    public static EndpointConfig Endpoint(TaskNetwork network, TaskId task) => new()
    {
        Lease = task.Value,
        NetworkId = network.NetworkId.Value,
        IPv4 = AddressOf(network, isIPv6: false),
        IPv6 = AddressOf(network, isIPv6: true),
        Aliases = network.Aliases,
        Options = network.Options.IsEmpty ? null : network.Options.ToImmutableDictionary(),
    };

    private static string? AddressOf(TaskNetwork network, bool isIPv6) => network.Addresses
        .FirstOrDefault(cidr => cidr.Contains(':', StringComparison.Ordinal) == isIPv6)?.Split('/')[0];

    /// <summary>Swarm's "ADDRESS NAME…" (as in hosts(5)) as the engine's "NAME:ADDRESS".</summary>
    private static string HostEntry(string entry) =>
        entry.Split(' ', 2, StringSplitOptions.TrimEntries) is [var address, var name] ? $"{name}:{address}" : entry;
}
