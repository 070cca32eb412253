namespace Orchestrator.Model;

/// <summary>
/// One attempt at one slot of a service: never restarted and never moved, only replaced. (The type is not called
/// Task because every file of ours awaits the other one.)
/// </summary>
public sealed record OrchTask : IStoreObject
{
    public required TaskId Id { get; init; }

    public Meta Meta { get; init; } = Meta.Empty;

    public required TaskSpec Spec { get; init; }

    /// <summary><see cref="Service.SpecVersion"/> of the spec it was made from.</summary>
    public ulong SpecVersion { get; init; }

    /// <summary>Empty: of no service.</summary>
    public ServiceId ServiceId { get; init; } = new("");

    public Annotations ServiceAnnotations { get; init; } = Annotations.Named("");

    /// <summary>1 and up for replicated services; 0 for global ones.</summary>
    public ulong Slot { get; init; }

    /// <summary>Empty until scheduled (a global task has it from birth).</summary>
    public NodeId NodeId { get; init; } = new("");

    public TaskStatus Status { get; init; } = new();

    public TaskState DesiredState { get; init; } = TaskState.Running;

    public ImmutableArray<TaskNetwork> Networks { get; init; } = [];

    /// <summary>The service's endpoint when the task was allocated.</summary>
    public ServiceEndpoint? Endpoint { get; init; }

    /// <summary>It stands for a container of its node on a network: of no service, and only the node ends it.</summary>
    public bool IsAttachment => Spec.Attached is not null && ServiceId.Value.Length == 0;

    /// <summary>A task is named SERVICE.SLOT.ID, or SERVICE.NODE.ID in a global service; so is its container. One that
    /// stands for a container has that one's name.</summary>
    public string Name => IsAttachment ? Spec.Attached!.Name
        : Slot > 0 ? $"{ServiceAnnotations.Name}.{Slot}.{Id}"
        : $"{ServiceAnnotations.Name}.{NodeId}.{Id}";

    string IStoreObject.Id => Id.Value;
}

/// <summary>Observed state, as the owner of the task last reported it.</summary>
public sealed record TaskStatus
{
    public DateTimeOffset Timestamp { get; init; } = DateTimeOffset.UnixEpoch;

    public TaskState State { get; init; }

    /// <summary>What is going on, such as "pending task scheduling".</summary>
    public string Message { get; init; } = "";

    /// <summary>Why it failed; one line.</summary>
    public string Error { get; init; } = "";

    public ContainerStatus? Container { get; init; }

    /// <summary>Ports that the node opened for host-mode publishing.</summary>
    public ImmutableArray<PortConfig> HostPorts { get; init; } = [];
}

/// <param name="Pid">In the host's pid namespace; 0 when not running.</param>
public sealed record ContainerStatus(string ContainerId, int Pid, int ExitCode);

/// <summary>A task's place on one network.</summary>
/// <param name="Addresses">With prefix length: that of IPv4, then if the network has IPv6 the one that goes with it.</param>
public sealed record TaskNetwork(NetworkId NetworkId, ImmutableArray<string> Addresses, ImmutableArray<string> Aliases)
{
    /// <inheritdoc cref="NetworkAttachment.Options"/>
    public ImmutableSortedDictionary<string, string> Options { get; init; } =
        ImmutableSortedDictionary<string, string>.Empty;
}
