namespace Orchestrator.Images;

/// <summary>A container that keeps an image from being removed.</summary>
/// <param name="ContainerId">Its full id; messages show twelve digits.</param>
/// <param name="Running">A running one keeps the image even from <c>--force</c>.</param>
public sealed record ImageUse(string ContainerId, bool Running);
