namespace Orchestrator.Linux.Processes;

/// <summary>Addresses of this process that show a file's pages.</summary>
/// <param name="Length">Bytes.</param>
public readonly record struct FileMapping(nuint Start, nuint Length);
