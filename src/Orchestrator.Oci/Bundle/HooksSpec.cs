namespace Orchestrator.Oci.Bundle;

/// <summary>Programs run at points of a container's life. Source: OCI runtime-spec 1.2, config.md, POSIX-platform
/// hooks.</summary>
public sealed record HooksSpec
{
    /// <summary>In the runtime's namespaces, when the container's are there; superseded by the next two.</summary>
    public HookSpec[]? Prestart { get; init; }

    /// <summary>In the runtime's namespaces, before the pivot.</summary>
    public HookSpec[]? CreateRuntime { get; init; }

    /// <summary>In the container's namespaces, before the pivot; paths are the host's.</summary>
    public HookSpec[]? CreateContainer { get; init; }

    /// <summary>In the container, at start, before the program.</summary>
    public HookSpec[]? StartContainer { get; init; }

    /// <summary>In the runtime's namespaces, after the program was executed.</summary>
    public HookSpec[]? Poststart { get; init; }

    /// <summary>In the runtime's namespaces, after the container is deleted.</summary>
    public HookSpec[]? Poststop { get; init; }
}

/// <param name="Path">Absolute.</param>
/// <param name="Args">argv, with argv[0]; null: the path.</param>
/// <param name="Env">The whole environment; null: none.</param>
/// <param name="Timeout">Seconds; null: none.</param>
public sealed record HookSpec(string Path, string[]? Args = null, string[]? Env = null, int? Timeout = null);
