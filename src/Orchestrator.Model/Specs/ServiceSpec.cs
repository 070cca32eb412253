namespace Orchestrator.Model;

/// <summary>What the user asked of a service; the system never edits it.</summary>
public sealed record ServiceSpec
{
    public required Annotations Annotations { get; init; }

    public required TaskSpec Task { get; init; }

    public ServiceMode Mode { get; init; } = new ServiceMode.Replicated(1);

    public UpdateConfig? Update { get; init; }

    public UpdateConfig? Rollback { get; init; }

    public EndpointSpec Endpoint { get; init; } = new();

    public string Name => Annotations.Name;
}

public abstract record ServiceMode
{
    private ServiceMode()
    {
    }

    public sealed record Replicated(ulong Replicas) : ServiceMode;

    /// <summary>One task on every node that fits.</summary>
    public sealed record Global : ServiceMode;
}

public enum UpdateFailureAction
{
    Pause = 0,
    Continue = 1,
    Rollback = 2,
}

public enum UpdateOrder
{
    StopFirst = 0,
    StartFirst = 1,
}

/// <summary>How tasks are replaced when the spec changes.</summary>
public sealed record UpdateConfig
{
    /// <summary>Slots replaced at once; 0: all.</summary>
    public ulong Parallelism { get; init; } = 1;

    public TimeSpan Delay { get; init; }

    public UpdateFailureAction FailureAction { get; init; }

    /// <summary>How long a new task is watched for failure.</summary>
    public TimeSpan Monitor { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Share of changed slots that may fail, 0 to 1.</summary>
    public float MaxFailureRatio { get; init; }

    public UpdateOrder Order { get; init; }
}

public enum EndpointMode
{
    Vip = 0,
    DnsRoundRobin = 1,
}

public enum PortProtocol
{
    Tcp = 0,
    Udp = 1,
    Sctp = 2,
}

public enum PublishMode
{
    /// <summary>Answers on every node.</summary>
    Ingress = 0,
    /// <summary>Answers on the nodes that run a task.</summary>
    Host = 1,
}

/// <param name="PublishedPort">0: the allocator chooses one of 30000-32767.</param>
public sealed record PortConfig(
    PortProtocol Protocol, int TargetPort, int PublishedPort, PublishMode Mode = PublishMode.Ingress, string Name = "")
{
    /// <summary>In host mode, the address of the host that answers; empty: all of them.</summary>
    public string HostIp { get; init; } = "";

    /// <summary>Whom tasks see calling.</summary>
    public SourceAddress Source { get; init; }

    /// <summary>Which tasks a node leads to.</summary>
    public TaskPreference Prefer { get; init; }

    /// <summary>Connections begin with a header of the PROXY protocol, version 2, that says who the client is.</summary>
    public bool HasProxyHeader { get; init; }

    /// <summary>Is there an address of a host that both would answer on?</summary>
    public bool SharesAddress(PortConfig other) =>
        HostIp.Length == 0 || other.HostIp.Length == 0 || HostIp == other.HostIp
        || IsAny(HostIp) || IsAny(other.HostIp);

    private static bool IsAny(string address) => address is "0.0.0.0" or "::";

    /// <summary>Without what only the mesh does: what tasks themselves are made after.</summary>
    public PortConfig OfTask => this with { Source = default, Prefer = default, HasProxyHeader = false };
}

public enum SourceAddress
{
    /// <summary>The client itself.</summary>
    Client = 0,

    /// <summary>The node that the client came in by.</summary>
    Masquerade = 1,
}

public enum TaskPreference
{
    /// <summary>All alike, wherever they run.</summary>
    None = 0,

    /// <summary>Those of the node that was asked, while there are any.</summary>
    Local = 1,
}

public enum Affinity
{
    /// <summary>Each connection is led anew.</summary>
    None = 0,

    /// <summary>All connections of one client address are led to one task.</summary>
    Client = 1,
}

public sealed record EndpointSpec
{
    public EndpointMode Mode { get; init; }

    /// <summary>Of the virtual addresses, and of the ports that are published by the mesh.</summary>
    public Affinity Affinity { get; init; }

    public ImmutableArray<PortConfig> Ports { get; init; } = [];

    /// <summary>HTTP requests that every node leads to the tasks.</summary>
    public ImmutableArray<HttpRoute> Routes { get; init; } = [];

    /// <summary>Without what only balancing does: a task is not replaced for that.</summary>
    public EndpointSpec OfTask => this with
    {
        Affinity = default,
        Ports = [.. Ports.Select(p => p.OfTask)],
        // Whether there are any: tasks to which routes lead are on the ingress network.
        Routes = Routes.IsEmpty ? [] : [HttpRoute.Any],
    };
}
