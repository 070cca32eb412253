namespace Orchestrator.Images;

/// <summary>What an image has in the content store.</summary>
/// <param name="Bytes">Of the blobs that are here.</param>
/// <param name="IsWhole">Every blob is.</param>
public sealed record ImageContent(long Bytes, bool IsWhole);
