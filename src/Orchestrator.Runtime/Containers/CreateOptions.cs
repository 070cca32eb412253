namespace Orchestrator.Runtime.Containers;

/// <summary>What the command line of <c>create</c> and <c>run</c> says beside the bundle.</summary>
internal sealed record CreateOptions
{
    public required string Id { get; init; }

    /// <summary>Absolute.</summary>
    public required string Bundle { get; init; }

    /// <summary>A listening unix socket that gets the master of the container's terminal.</summary>
    public string? ConsoleSocket { get; init; }

    /// <summary>Gets pid 1's number, in the caller's pid namespace.</summary>
    public string? PidFile { get; init; }

    /// <summary>Move the root instead of pivoting: the host's root is a ramfs.</summary>
    public bool NoPivot { get; init; }

    /// <summary>Descriptors 3, 4 … of ours that the program gets too.</summary>
    public int PreserveFds { get; init; }

    /// <summary>systemd makes the container's cgroup; its path is then <c>slice:prefix:name</c>.</summary>
    public bool Systemd { get; init; }

    /// <summary>The caller goes away before the container does: pid 1 waits for <c>start</c> on a socket.</summary>
    public bool Detached { get; init; }
}
