namespace Orchestrator.Build.Cache;

/// <summary>A repository that the cache is pushed to.</summary>
/// <param name="AllStages">Also the layers of stages that the target only takes files from.</param>
/// <param name="MayFail">A push that fails is a warning.</param>
public sealed record CacheTarget(string Name, bool AllStages = false, bool MayFail = false);
