namespace Orchestrator.Images.Tar;

/// <summary>A part of a sparse file that is stored.</summary>
public readonly record struct TarExtent(long Offset, long Length);
