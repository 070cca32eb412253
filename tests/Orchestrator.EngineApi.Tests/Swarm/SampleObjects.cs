using System.Collections.Immutable;
using Orchestrator.Model;

namespace Orchestrator.EngineApi.Tests.Swarm;

/// <summary>Objects with every field set, so that a mapping that forgets one is seen.</summary>
internal static class SampleObjects
{
    public static readonly DateTimeOffset Then = new(2026, 11, 21, 10, 0, 0, TimeSpan.Zero);

    private static ImmutableSortedDictionary<string, string> Map(string key, string value) =>
        ImmutableSortedDictionary<string, string>.Empty.Add(key, value);

    public static ServiceSpec Spec { get; } = new()
    {
        Annotations = new Annotations("web", Map("tier", "front")),
        Mode = new ServiceMode.Replicated(3),
        Update = new UpdateConfig
        {
            Parallelism = 2,
            Delay = TimeSpan.FromSeconds(1),
            FailureAction = UpdateFailureAction.Rollback,
            Monitor = TimeSpan.FromSeconds(7),
            MaxFailureRatio = 0.25f,
            Order = UpdateOrder.StartFirst,
        },
        Rollback = new UpdateConfig { FailureAction = UpdateFailureAction.Continue },
        Endpoint = new EndpointSpec
        {
            Mode = EndpointMode.DnsRoundRobin,
            Affinity = Affinity.Client,
            Routes = [new HttpRoute("shop.example", "/api", 8080) { SecretId = new("s1"), SecretName = "shop.pem", Prefer = TaskPreference.Local, IsHttp2 = true }, new HttpRoute("", "/", 80)],
            Ports =
            [
                new PortConfig(PortProtocol.Udp, 53, 5353, PublishMode.Host, "dns") { HostIp = "10.77.0.1" },
                new PortConfig(PortProtocol.Tcp, 80, 0) { Source = SourceAddress.Masquerade, Prefer = TaskPreference.Local, HasProxyHeader = true },
            ],
        },
        Task = new TaskSpec
        {
            Container = new ContainerSpec
            {
                Image = "web:1@sha256:" + new string('a', 64),
                Command = ["sh", "-c"],
                Args = ["sleep 1"],
                Env = ["A=1"],
                Labels = Map("c", "1"),
                Payloads =
                [
                    new(PayloadKind.Secret, new("s2"), "token", "token.txt", 3, 4, 0x100),
                    new(PayloadKind.Config, new("c1"), "conf", "/etc/app.conf"),
                ],
                Hostname = "h",
                WorkingDirectory = "/w",
                User = "app:app",
                Groups = ["g"],
                Tty = true,
                OpenStdin = true,
                ReadOnly = true,
                Init = false,
                StopSignal = "SIGQUIT",
                StopGracePeriod = TimeSpan.FromSeconds(3),
                Mounts =
                [
                    new MountSpec(MountType.Bind, "/a", "/b", ReadOnly: true, Propagation: "rslave"),
                    new MountSpec(MountType.Volume, "data", "/data"),
                    new MountSpec(MountType.Tmpfs, "", "/t", TmpfsSizeBytes: 1024, TmpfsMode: 448),
                ],
                Hosts = ["10.0.0.3 db"],
                Dns = new DnsConfig { Servers = ["10.0.0.53"], Search = ["x"], Options = ["ndots:1"] },
                Health = new HealthConfig(["CMD", "true"], TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(3), 4),
                CapabilityAdd = ["CAP_SYS_TIME"],
                CapabilityDrop = ["CAP_NET_RAW"],
                Sysctls = Map("net.core.somaxconn", "512"),
                Ulimits = [new Ulimit("nofile", 1024, 2048)],
            },
            Resources = new ResourceRequirements
            {
                Limits = new Resources(500_000_000, 64 << 20),
                PidsLimit = 100,
                Reservations = new Resources(100_000_000, 32 << 20),
            },
            Restart = new RestartPolicy
            {
                Condition = RestartCondition.OnFailure,
                Delay = TimeSpan.FromSeconds(2),
                MaxAttempts = 4,
                Window = TimeSpan.FromMinutes(1),
            },
            Placement = new Placement
            {
                Constraints = ["node.role==worker"],
                SpreadOver = ["node.labels.zone"],
                MaxReplicasPerNode = 2,
                Platforms = [new Platform("linux", "amd64")],
            },
            Networks = [new NetworkAttachment("net1", ["www"])],
            LogDriver = new LogDriver("json-file", Map("max-size", "1m")),
            ForceUpdate = 3,
        },
    };

    public static Node Manager { get; } = new()
    {
        Id = new NodeId("node1aaaaaaaaaaaaaaaaaaaaa"),
        Meta = new Meta(9, Then, Then),
        Spec = new NodeSpec { DesiredRole = NodeRole.Manager, Annotations = new Annotations("", Map("zone", "a")) },
        Role = NodeRole.Manager,
        Description = new NodeDescription { Hostname = "m1", EngineVersion = "0.1.0", Resources = new Resources(2_000_000_000, 1 << 30) },
        Status = new NodeStatus { State = NodeState.Ready, Address = "10.0.0.1" },
        Manager = new ManagerStatus(1, "10.0.0.1:2377", Reachability.Reachable, Leader: true),
    };

    public static Node Worker { get; } = new()
    {
        Id = new NodeId("node2aaaaaaaaaaaaaaaaaaaaa"),
        Spec = new NodeSpec { Availability = NodeAvailability.Drain },
        Description = new NodeDescription { Hostname = "w1", EngineVersion = "0.1.0" },
        Status = new NodeStatus { State = NodeState.Down, Message = "heartbeat failure" },
    };

    public static Model.Network Network { get; } = new()
    {
        Id = new NetworkId("net1"),
        Spec = new NetworkSpec { Annotations = Annotations.Named("front") },
        Allocation = new NetworkAllocation(4097, [new IpamPool("10.0.1.0/24", "10.0.1.1")]),
    };

    public static OrchTask Task { get; } = new()
    {
        Id = new TaskId("t1aaaaaaaaaaaaaaaaaaaaaaa"),
        Meta = new Meta(11, Then, Then),
        Spec = Spec.Task,
        ServiceId = new ServiceId("s1aaaaaaaaaaaaaaaaaaaaaaa"),
        ServiceAnnotations = Annotations.Named("web"),
        Slot = 1,
        NodeId = Manager.Id,
        Status = new Model.TaskStatus
        {
            Timestamp = Then,
            State = TaskState.Running,
            Message = "started",
            Container = new ContainerStatus("c1", 42, 0),
            HostPorts = [new PortConfig(PortProtocol.Udp, 53, 5353, PublishMode.Host)],
        },
        Networks = [new TaskNetwork(Network.Id, ["10.0.1.5/24"], [])],
    };

    public static Cluster Cluster { get; } = new()
    {
        Id = new ClusterId("c1aaaaaaaaaaaaaaaaaaaaaaa"),
        Meta = new Meta(7, Then, Then),
        RootCa = new RootCa { Certificate = "PEM", WorkerToken = "SWMTKN-1-w", ManagerToken = "SWMTKN-1-m" },
    };
}
