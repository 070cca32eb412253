namespace Orchestrator.Model;

/// <summary>What one task of a service is to run.</summary>
public sealed record TaskSpec
{
    public required ContainerSpec Container { get; init; }

    public ResourceRequirements Resources { get; init; } = new();

    public RestartPolicy Restart { get; init; } = new();

    public Placement Placement { get; init; } = new();

    public ImmutableArray<NetworkAttachment> Networks { get; init; } = [];

    /// <summary>Tasks have no network of their own but their node's, and so none of <see cref="Networks"/>.</summary>
    public bool HostNetwork { get; init; }

    public ImmutableArray<PipeSpec> Pipes { get; init; } = [];

    public LogDriver? LogDriver { get; init; }

    /// <summary>Not null: the task runs nothing, it is the place of this container on its networks.</summary>
    public AttachedContainer? Attached { get; init; }

    /// <summary>Counted up by <c>--force</c>, so that an otherwise equal spec replaces its tasks.</summary>
    public ulong ForceUpdate { get; init; }
}

/// <summary>A container that belongs to a node, not to the cluster.</summary>
/// <param name="FormerAddress">No prefix length. It has that again while nobody else does; empty: any.</param>
public sealed record AttachedContainer(string Id, string Name, string FormerAddress = "");

public sealed record LogDriver(string Name, ImmutableSortedDictionary<string, string> Options);

/// <param name="Target">Network id or name as typed; the control API stores the id.</param>
public sealed record NetworkAttachment(string Target, ImmutableArray<string> Aliases)
{
    /// <summary>An <see cref="AddressRange"/> that the slots get their addresses of; empty: any free one.</summary>
    public string Addresses { get; init; } = "";

    /// <summary>The service's own address; empty: any free one.</summary>
    public string VirtualIp { get; init; } = "";

    /// <summary>Options of the tasks' place on the network, such as a bandwidth; they count before the network's.</summary>
    public ImmutableSortedDictionary<string, string> Options { get; init; } =
        ImmutableSortedDictionary<string, string>.Empty;
}

/// <summary>CPU in units of 10^-9 cores; memory in bytes; 0: not set.</summary>
public sealed record Resources(long NanoCpus, long MemoryBytes)
{
    public static Resources None { get; } = new(0, 0);
}

public sealed record ResourceRequirements
{
    /// <summary>What the kernel enforces.</summary>
    public Resources Limits { get; init; } = Resources.None;

    public long PidsLimit { get; init; }

    /// <summary>What the scheduler sets aside on the node.</summary>
    public Resources Reservations { get; init; } = Resources.None;
}

public enum RestartCondition
{
    Any = 0,
    OnFailure = 1,
    None = 2,
}

public sealed record RestartPolicy
{
    public RestartCondition Condition { get; init; }

    public TimeSpan Delay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>0: without end.</summary>
    public ulong MaxAttempts { get; init; }

    /// <summary>Time within which <see cref="MaxAttempts"/> counts; zero: for ever.</summary>
    public TimeSpan Window { get; init; }
}

public sealed record Placement
{
    /// <summary>As typed, such as <c>node.labels.zone == east</c>; all must hold.</summary>
    public ImmutableArray<string> Constraints { get; init; } = [];

    /// <summary>Node attributes to spread over, such as <c>node.labels.zone</c>, outermost first.</summary>
    public ImmutableArray<string> SpreadOver { get; init; } = [];

    /// <summary>0: no bound.</summary>
    public ulong MaxReplicasPerNode { get; init; }

    /// <summary>What the image runs on; empty: anything.</summary>
    public ImmutableArray<Platform> Platforms { get; init; } = [];
}

/// <param name="Architecture">Go's names, such as <c>amd64</c>.</param>
public sealed record Platform(string Os, string Architecture);
