namespace Orchestrator.Registry.Tests;

/// <summary>One registry for tests that each keep to a repository of their own.</summary>
public class SharedHost : IAsyncLifetime
{
    internal RegistryHost Host { get; private set; } = null!; // Set before any test runs.

    public async Task InitializeAsync() => Host = await StartAsync();

    public async Task DisposeAsync() => await Host.DisposeAsync();

    private protected virtual Task<RegistryHost> StartAsync() => RegistryHost.StartAsync();
}

/// <summary>The same of a cluster's only manager.</summary>
public sealed class SharedManager : SharedHost
{
    private protected override async Task<RegistryHost> StartAsync() => (await RegistryHost.StartClusterAsync(1))[0];
}
