using Orchestrator.Images;

namespace Orchestrator.Registry.Upstream;

/// <summary>Settings of a pull-through cache.</summary>
public sealed record UpstreamOptions
{
    /// <summary>The registry that is asked for what is not here: scheme, host and port.</summary>
    public required Uri Address { get; init; }

    /// <summary>How to log in there; null: not at all.</summary>
    public RegistryCredentials? Credentials { get; init; }

    /// <summary>
    /// The first components of the names that are the upstream's, as <c>hub</c> for <c>hub/library/busybox</c>. Empty:
    /// every name is.
    /// </summary>
    public string Namespace { get; init; } = "";

    /// <summary>Where it is noted what is kept; made if need be, mode 0700.</summary>
    public required string Root { get; init; }

    /// <summary>What nobody has asked for this long is let go. Default 7 days.</summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Of more bytes than this, what was asked for longest ago is let go. Default: no limit.</summary>
    public long MaxBytes { get; init; } = long.MaxValue;

    /// <summary>How long the upstream has to say what a tag names. Default 10 s.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often it is looked what may go. Default 1 min.</summary>
    public TimeSpan TidyInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Tries of one transfer. Default 3.</summary>
    public int Attempts { get; init; } = 3;
}
