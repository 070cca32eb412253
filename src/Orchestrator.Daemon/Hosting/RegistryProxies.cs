using Orchestrator.Daemon.Configuration;

namespace Orchestrator.Daemon.Hosting;

/// <summary>Proxies for registries, which .NET takes from the variables that every program does.</summary>
internal static class RegistryProxies
{
    /// <summary>Before the first request is made: only then are they read.</summary>
    public static void Use(ProxyOptions proxies)
    {
        foreach (var (name, value) in new[]
            { ("http_proxy", proxies.Http), ("https_proxy", proxies.Https), ("no_proxy", proxies.Except) })
        {
            if (value.Length > 0)
                Environment.SetEnvironmentVariable(name, value);
        }
    }
}
