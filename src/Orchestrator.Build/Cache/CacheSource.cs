namespace Orchestrator.Build.Cache;

/// <summary>An image that may lend its layers.</summary>
/// <param name="Name">Of an image here or in a registry.</param>
/// <param name="AsksRegistry">What the registry has counts, though there is one of that name here.</param>
public sealed record CacheSource(string Name, bool AsksRegistry = false);
