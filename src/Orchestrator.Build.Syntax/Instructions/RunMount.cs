namespace Orchestrator.Build.Syntax;

/// <summary>One <c>--mount</c> of a RUN step, its variables replaced.</summary>
public sealed partial record RunMount
{
    public RunMountType Type { get; init; }

    /// <summary>A stage or an image; null: the context, or an empty folder for a cache.</summary>
    public string? From { get; init; }

    /// <summary>In what is mounted; null: its root. For a secret: see <see cref="Id"/>.</summary>
    public string? Source { get; init; }

    /// <summary>Null for a secret or socket at its default place, or a secret that is only a variable.</summary>
    public string? Target { get; init; }

    public bool ReadOnly { get; init; }

    /// <summary>Of a cache (by default its target), secret (by default the target's name) or SSH agent.</summary>
    public string? Id { get; init; }

    public CacheSharing Sharing { get; init; }

    /// <summary>Whether a missing secret or agent ends the build.</summary>
    public bool Required { get; init; }

    /// <summary>Upper bound of a tmpfs; 0: none.</summary>
    public long SizeBytes { get; init; }

    /// <summary>The variable a secret is handed in; empty: named as its id; null: none.</summary>
    public string? Env { get; init; }

    public uint? Mode { get; init; }

    public uint? Uid { get; init; }

    public uint? Gid { get; init; }
}
