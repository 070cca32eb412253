namespace Orchestrator.Engine.Files;

/// <summary>A file of a container, as docker tells of it.</summary>
/// <param name="Name">The last part of the path as it was asked for.</param>
/// <param name="Mode">Go's os.FileMode: kind in the upper bits, permissions in the lower nine.</param>
/// <param name="LinkTarget">Of a symbolic link, resolved inside the container; else empty.</param>
public sealed record PathStatus(string Name, long Size, uint Mode, DateTimeOffset Modified, string LinkTarget);
