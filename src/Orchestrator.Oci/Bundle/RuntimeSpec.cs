namespace Orchestrator.Oci.Bundle;

/// <summary>A bundle's config.json, as far as Linux containers use it. Source: OCI runtime-spec 1.2.</summary>
public sealed record RuntimeSpec
{
    public const string CurrentVersion = "1.2.0";

    /// <summary>Annotation; <c>true</c>: pid 1 is a small init that reaps orphans and passes signals on to the program,
    /// as <c>docker run --init</c>.</summary>
    public const string ReaperAnnotation = "orch.init";

    public string OciVersion { get; init => field = value ?? CurrentVersion; } = CurrentVersion;

    public RootSpec? Root { get; init; }

    public ProcessSpec? Process { get; init; }

    public string? Hostname { get; init; }

    public string? Domainname { get; init; }

    /// <summary>In the order in which they are made.</summary>
    public MountSpec[]? Mounts { get; init; }

    public Dictionary<string, string>? Annotations { get; init; }

    public HooksSpec? Hooks { get; init; }

    public LinuxSpec? Linux { get; init; }
}

/// <summary>The root file system.</summary>
/// <param name="Path">A directory, absolute or relative to the bundle; mounted by whoever made the bundle.</param>
public sealed record RootSpec(string Path, bool Readonly = false);

/// <summary>One mount inside the container.</summary>
public sealed record MountSpec
{
    /// <summary>
    /// Absolute inside the container; made if missing (a directory, or a file when the source is one).
    /// </summary>
    public required string Destination { get; init; }

    /// <summary>A file system, or <c>bind</c>.</summary>
    public string? Type { get; init; }

    public string? Source { get; init; }

    /// <summary>As mount(8) spells them: ro, nosuid, rbind, rslave, size=64m …</summary>
    public string[]? Options { get; init; }

    /// <summary>An idmapped mount; null or empty: none. Both or neither.</summary>
    public IdMapping[]? UidMappings { get; init; }

    public IdMapping[]? GidMappings { get; init; }
}
