namespace Orchestrator.Registry;

/// <summary>Settings of a manager's registry.</summary>
public sealed record RegistryOptions
{
    /// <summary>Where repositories and tags are kept; made if need be, mode 0700.</summary>
    public required string Root { get; init; }

    /// <summary>How long a pushed blob waits for its manifest before it may be collected. Default 24 h.</summary>
    public TimeSpan BlobGrace { get; init; } = TimeSpan.FromHours(24);

    /// <summary>How long an upload may lie idle. Default 1 h.</summary>
    public TimeSpan UploadIdle { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Uploads at a time. Default 1000.</summary>
    public int MaxUploads { get; init; } = 1000;

    /// <summary>How long a manifest's push may take to reach a majority. Default 5 min.</summary>
    public TimeSpan ReplicationTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How often what nothing names any more is deleted. Default 1 h.</summary>
    public TimeSpan CollectInterval { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How often tags are compared with the other managers'. Default 30 s.</summary>
    public TimeSpan SyncInterval { get; init; } = TimeSpan.FromSeconds(30);
}
