namespace Orchestrator.Registry.Tests;

/// <summary>One registry for tests that each keep to a repository of their own.</summary>
public sealed class SharedHost : IAsyncLifetime
{
    internal RegistryHost Host { get; private set; } = null!; // Set before any test runs.

    public async Task InitializeAsync() => Host = await RegistryHost.StartAsync();

    public async Task DisposeAsync() => await Host.DisposeAsync();
}
