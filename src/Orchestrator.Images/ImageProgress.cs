namespace Orchestrator.Images;

/// <summary>One line of docker's progress stream. Fields that are null are left out of the JSON.</summary>
/// <param name="Status">As in <c>Downloading</c> or <c>Pull complete</c>.</param>
/// <param name="Id">What it is about: the first twelve digits of a layer, or a tag.</param>
/// <param name="Current">Bytes done: <c>progressDetail.current</c>.</param>
/// <param name="Total">Bytes in all: <c>progressDetail.total</c>.</param>
/// <param name="Stream">A line of text with its newline: <c>stream</c> (load, import).</param>
/// <param name="Pushed">The closing <c>aux</c> object of a push.</param>
public sealed record ImageProgress(
    string? Status = null,
    string? Id = null,
    long? Current = null,
    long? Total = null,
    string? Stream = null,
    PushedImage? Pushed = null);

/// <summary>What a push made: the tag, and the manifest's digest and size that it now names.</summary>
public sealed record PushedImage(string Tag, string Digest, long Size);
