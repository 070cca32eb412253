namespace Orchestrator.Images;

/// <summary>One line of what <c>rmi</c> answers; exactly one of the two is set.</summary>
/// <param name="Untagged">The name that went.</param>
/// <param name="Deleted">The id of the image that went.</param>
public sealed record ImageDeletion(string? Untagged = null, string? Deleted = null);
