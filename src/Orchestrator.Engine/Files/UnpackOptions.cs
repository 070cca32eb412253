namespace Orchestrator.Engine.Files;

/// <summary>How a tar is unpacked into a container.</summary>
/// <param name="KeepsKinds">A folder never takes the place of a file, nor a file that of a folder.</param>
/// <param name="AsUser">All belongs to the container's user in place of the archive's owners.</param>
public sealed record UnpackOptions(bool KeepsKinds, bool AsUser);
