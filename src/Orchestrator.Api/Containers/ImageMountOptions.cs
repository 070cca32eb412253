namespace Orchestrator.Api;

/// <summary>Options of a mount of type <c>image</c>.</summary>
public sealed record ImageMountOptions
{
    /// <summary>The part of the image that is mounted; absent: all of it.</summary>
    public string? Subpath { get; set; }
}
