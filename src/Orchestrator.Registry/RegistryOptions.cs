namespace Orchestrator.Registry;

/// <summary>Settings of a manager's registry.</summary>
public sealed record RegistryOptions
{
    /// <summary>Where it is noted what is kept for which repository; made if need be, mode 0700.</summary>
    public required string Root { get; init; }

    /// <summary>As whom it names blobs in the content store. Default "registry".</summary>
    public string Owner { get; init; } = "registry";

    /// <summary>How long a pushed blob waits for its manifest before it may be collected. Default 24 h.</summary>
    public TimeSpan BlobGrace { get; init; } = TimeSpan.FromHours(24);

    /// <summary>How long a manifest that is stored here may wait for its name. Default 10 min.</summary>
    /// <remarks>Longer than <see cref="ReplicationTimeout"/> and the commit that follows.</remarks>
    public TimeSpan ManifestGrace { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long an upload may lie idle. Default 1 h.</summary>
    public TimeSpan UploadIdle { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Uploads at a time. Default 1000.</summary>
    public int MaxUploads { get; init; } = 1000;

    /// <summary>Of these, to one repository: who may push to it shall not keep others from pushing. Default 100.
    /// </summary>
    public int MaxUploadsOfOne { get; init; } = 100;

    /// <summary>How long a manifest's push may take to reach a majority. Default 5 min.</summary>
    public TimeSpan ReplicationTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How often what nothing names any more is deleted. Default 1 h.</summary>
    public TimeSpan CollectInterval { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How often it is looked whether others have pushed something. Default 2 s.</summary>
    public TimeSpan SyncInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Told of what a round of upkeep stumbled over; the next round tries again.</summary>
    public Action<Exception>? Stumbled { get; init; }

    /// <summary>How often what could not be fetched is tried again. Default 30 s.</summary>
    public TimeSpan RetryInterval { get; init; } = TimeSpan.FromSeconds(30);
}
