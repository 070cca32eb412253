namespace Orchestrator.Build.Cache;

/// <summary>An image that may lend its layers.</summary>
/// <param name="Name">Of an image here or in a registry.</param>
/// <param name="AsksRegistry">What the registry has counts, though there is one of that name here.</param>
public sealed record CacheSource(string Name, bool AsksRegistry = false);

/// <summary>A repository that the cache is pushed to.</summary>
/// <param name="AllStages">Also the layers of stages that the target only takes files from.</param>
/// <param name="MayFail">A push that fails is a warning.</param>
public sealed record CacheTarget(string Name, bool AllStages = false, bool MayFail = false);
