using Orchestrator.Oci.Images;

namespace Orchestrator.Registry.Storage;

/// <summary>What a tag names, in a file; of two records the one of the greater version counts.</summary>
/// <param name="Digest">Null: removed.</param>
/// <param name="Version">
/// Unix time in milliseconds when it was pushed, but always greater than the version before.
/// </param>
public sealed record TagRecord(Digest? Digest, long Version);
