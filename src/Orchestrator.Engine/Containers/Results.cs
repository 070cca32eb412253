namespace Orchestrator.Engine.Containers;

public sealed record CreatedContainer(string Id, IReadOnlyList<string> Warnings);

/// <summary>How a container ended. <paramref name="Error"/> is empty unless it could not be run at all.</summary>
public sealed record ContainerExit(int ExitCode, string Error);

public enum WaitCondition
{
    /// <summary>It is down now or as soon as it is.</summary>
    NotRunning,

    /// <summary>It ends after this call.</summary>
    NextExit,

    /// <summary>It is removed.</summary>
    Removed,
}

/// <summary>Which of a container's streams a client wants.</summary>
/// <param name="Logs">Begin with what the log holds.</param>
/// <param name="Stream">Go on with live output and input; false: the log only.</param>
/// <param name="Detached">Called when the client has left by its keys.</param>
public sealed record AttachOptions(
    bool Stdin, bool Stdout, bool Stderr, bool Logs = false, bool Stream = true, string DetachKeys = "",
    Action? Detached = null);

public sealed record ProcessTable(IReadOnlyList<string> Titles, IReadOnlyList<IReadOnlyList<string>> Rows);

/// <summary>What a container uses at one moment, summed over its processes.</summary>
public sealed record ContainerUsage
{
    public required DateTimeOffset Read { get; init; }

    public ulong CpuNanoseconds { get; init; }

    public ulong CpuUserNanoseconds { get; init; }

    public ulong CpuKernelNanoseconds { get; init; }

    /// <summary>Of the whole host, idle time included.</summary>
    public ulong SystemCpuNanoseconds { get; init; }

    public int OnlineCpus { get; init; }

    public ulong MemoryBytes { get; init; }

    public ulong MemoryLimitBytes { get; init; }

    /// <summary>File cache the kernel may drop at once.</summary>
    public ulong InactiveFileBytes { get; init; }

    public ulong Pids { get; init; }

    public ulong PidsLimit { get; init; }

    public ulong BlockReadBytes { get; init; }

    public ulong BlockWriteBytes { get; init; }

    public IReadOnlyDictionary<string, NetworkUsage> Networks { get; init; } = new Dictionary<string, NetworkUsage>();
}

public sealed record NetworkUsage(
    ulong RxBytes, ulong RxPackets, ulong RxErrors, ulong RxDropped,
    ulong TxBytes, ulong TxPackets, ulong TxErrors, ulong TxDropped);
