using Orchestrator.Oci.Images;

namespace Orchestrator.Images.Checking;

/// <summary>One thing that is wrong with what is stored.</summary>
/// <param name="What">A line that names it.</param>
/// <param name="Remedy">What to do about it.</param>
/// <param name="Damaged">A blob whose bytes are not those of its name; null: the fault is another.</param>
public sealed record StoreFault(string What, string Remedy, Digest? Damaged = null);

/// <summary>What a check found.</summary>
/// <param name="Bytes">Of all blobs: each was read.</param>
/// <param name="Removed">Damaged blobs that were deleted so that they can be fetched again.</param>
public sealed record StoreReport(
    int Blobs, long Bytes, int Images, int Layers, IReadOnlyList<StoreFault> Faults, int Removed);
