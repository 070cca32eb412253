using System.Text.Json.Serialization;

namespace Orchestrator.Api;

/// <summary>An image of one platform among those that an <see cref="ImageSummary"/> stands for.</summary>
/// <remarks>Docker's of API 1.47, which our own client asks of a daemon that says it is of 1.44.</remarks>
public sealed record ManifestSummary
{
    public string ID { get; set; } = "";
    public DistributionDescriptor Descriptor { get; set; } = new();

    /// <summary>All of its blobs are here.</summary>
    public bool Available { get; set; }
    public ManifestSize Size { get; set; } = new();

    /// <summary><c>image</c>; docker's containerd store has <c>attestation</c> and <c>unknown</c> too.</summary>
    public string Kind { get; set; } = "image";
    public ManifestImage? ImageData { get; set; }
}

/// <summary>Bytes.</summary>
public sealed record ManifestSize
{
    /// <summary>Of its blobs, as they were pulled.</summary>
    public long Content { get; set; }

    /// <summary>Of its blobs, and of what was unpacked of them.</summary>
    public long Total { get; set; }
}

public sealed record ManifestImage
{
    public ImagePlatform Platform { get; set; } = new();
    public UnpackedSize Size { get; set; } = new();

    /// <summary>The ids of those that were made of it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)] public string[] Containers { get; set; } = [];
}

public sealed record UnpackedSize
{
    /// <summary>Bytes.</summary>
    public long Unpacked { get; set; }
}
