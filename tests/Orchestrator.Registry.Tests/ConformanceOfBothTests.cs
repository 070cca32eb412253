namespace Orchestrator.Registry.Tests;

/// <summary>A registry with its names in files.</summary>
public sealed class AloneConformanceTests(SharedHost shared) : ConformanceTests(shared), IClassFixture<SharedHost>;

/// <summary>A registry with its names in the replicated store.</summary>
public sealed class ClusterConformanceTests(SharedManager shared)
    : ConformanceTests(shared), IClassFixture<SharedManager>;
