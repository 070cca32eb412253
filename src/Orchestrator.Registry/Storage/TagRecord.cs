using Orchestrator.Oci.Images;

namespace Orchestrator.Registry.Storage;

/// <summary>What a tag names, or that it was removed; of two records the one of the greater version counts.</summary>
/// <param name="Digest">
/// Null: removed. The record stays, so that a manager that missed it does not bring the tag back.
/// </param>
/// <param name="Version">
/// Unix time in milliseconds when it was pushed, but always greater than the version before.
/// </param>
internal sealed record TagRecord(Digest? Digest, long Version);
