using System.Collections.Immutable;

namespace Orchestrator.Images;

/// <summary>Settings of the image side of a node.</summary>
public sealed record ImageOptions
{
    /// <summary>
    /// The node's data folder; <c>content</c>, <c>images</c> and <c>snapshots</c> are made below it, mode 0700.
    /// </summary>
    public required string DataRoot { get; init; }

    /// <summary>Registries (<c>host[:port]</c>) that may speak plain HTTP. Loopback addresses always may.</summary>
    public ImmutableArray<string> InsecureRegistries { get; init; } = [];

    /// <summary>Base addresses asked before docker.io itself, in order.</summary>
    public ImmutableArray<Uri> RegistryMirrors { get; init; } = [];

    /// <summary>Layers downloaded at a time. Default 3, as docker.</summary>
    public int ConcurrentDownloads { get; init; } = 3;

    /// <summary>Layers uploaded at a time. Default 5, as docker.</summary>
    public int ConcurrentUploads { get; init; } = 5;

    /// <summary>Tries of one download or upload before it is given up. Default 5, as docker.</summary>
    public int TransferAttempts { get; init; } = 5;

    /// <summary>A larger blob is uploaded in chunks of this size. Default 64 MiB.</summary>
    public long UploadChunkBytes { get; init; } = 64 << 20;

    /// <summary>Most bytes one layer may unpack to. Default 128 GiB.</summary>
    public long MaxLayerBytes { get; init; } = 128L << 30;

    /// <summary>Most entries one layer may have. Default 4 million.</summary>
    public int MaxLayerEntries { get; init; } = 4_000_000;

    /// <summary>All faults at once, each naming the setting, its value and the remedy. Empty: usable.</summary>
    public IEnumerable<string> Faults()
    {
        if (!Path.IsPathRooted(DataRoot))
            yield return $"data-root is \"{DataRoot}\"; write an absolute path.";
        if (ConcurrentDownloads < 1)
            yield return $"max-concurrent-downloads is {ConcurrentDownloads}; set 1 or more.";
        if (ConcurrentUploads < 1)
            yield return $"max-concurrent-uploads is {ConcurrentUploads}; set 1 or more.";
        if (TransferAttempts < 1)
            yield return $"max-download-attempts is {TransferAttempts}; set 1 or more.";
        foreach (var mirror in RegistryMirrors.Where(m => m.Scheme is not ("http" or "https")))
            yield return $"registry-mirrors has \"{mirror}\"; write it as https://host.";
    }
}
