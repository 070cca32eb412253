namespace Orchestrator.Build.Execution;

/// <summary>Runs the program of a RUN step. The engine does, in a container that nobody else sees.</summary>
public interface IStepRunner
{
    /// <summary>Runs it to its end over the snapshot of that key, which is mounted no more afterwards.</summary>
    /// <param name="output">
    /// Told piece by piece what the program prints: whether to standard error, and the bytes, valid during the call.
    /// </param>
    /// <returns>The exit status.</returns>
    /// <exception cref="BuildException">It cannot be started. Nothing is left of the attempt.</exception>
    Task<int> RunAsync(
        StepRun run, Func<bool, ReadOnlyMemory<byte>, ValueTask> output, CancellationToken cancellationToken);
}

/// <summary>One program to run, with all that is around it.</summary>
public sealed record StepRun
{
    /// <summary>Of the snapshot that is its root; names the container too. See <see cref="StepKey"/>.</summary>
    public required string Key { get; init; }

    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary><c>NAME=value</c>.</summary>
    public IReadOnlyList<string> Environment { get; init; } = [];

    public string WorkingDirectory { get; init; } = "/";

    public string User { get; init; } = "";

    /// <summary>As for a container; <c>default</c> is the daemon's.</summary>
    public string NetworkMode { get; init; } = "default";

    /// <summary>May do everything the daemon may: <c>RUN --security=insecure</c>.</summary>
    public bool Privileged { get; init; }

    public IReadOnlyList<StepMount> Mounts { get; init; } = [];

    public StepLimits Limits { get; init; } = new();
}

/// <summary>A mount of one step.</summary>
/// <param name="Source">A path of the host; null: a tmpfs of these options.</param>
public sealed record StepMount(string Target, string? Source, bool ReadOnly, string Options = "");

/// <summary>What every RUN step of a build is given of the host; zero and empty are the daemon's defaults.</summary>
public sealed record StepLimits
{
    public long MemoryBytes { get; init; }

    /// <summary>Memory and swap together; -1 for unlimited swap.</summary>
    public long MemorySwapBytes { get; init; }

    public long CpuShares { get; init; }

    public long CpuPeriodMicroseconds { get; init; }

    public long CpuQuotaMicroseconds { get; init; }

    public string CpusetCpus { get; init; } = "";

    public string CpusetMems { get; init; } = "";

    public long ShmSizeBytes { get; init; }

    public string CgroupParent { get; init; } = "";

    /// <summary><c>host:address</c>.</summary>
    public IReadOnlyList<string> ExtraHosts { get; init; } = [];

    public IReadOnlyList<StepUlimit> Ulimits { get; init; } = [];

    public IReadOnlyList<string> SecurityOpt { get; init; } = [];
}

public sealed record StepUlimit(string Name, long Soft, long Hard);
