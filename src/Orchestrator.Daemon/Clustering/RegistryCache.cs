using Orchestrator.Daemon.Configuration;
using Orchestrator.Images;
using Orchestrator.Images.Content;
using Orchestrator.Registry.Upstream;

namespace Orchestrator.Daemon.Clustering;

/// <summary>The cache of another registry, if the configuration wants one.</summary>
internal static class RegistryCache
{
    /// <summary>To be called before anything is collected.</summary>
    /// <returns>Null: none is wanted, and what an earlier one kept is let go.</returns>
    public static PullThroughCache? Open(DaemonOptions options, ContentStore content, TimeProvider time)
    {
        var root = Path.Combine(options.DataRoot, "registry-cache");
        var proxy = options.RegistryProxy;
        if (!proxy.IsUsed)
        {
            PullThroughCache.Forget(root, content);
            return null;
        }

        return PullThroughCache.Open(
            new UpstreamOptions
            {
                Address = new Uri(proxy.Address),
                Credentials = proxy.Username.Length > 0
                    ? new RegistryCredentials(proxy.Username, proxy.Password) : null,
                Namespace = proxy.Namespace,
                Root = root,
                MaxAge = TimeSpan.FromHours(proxy.MaxAgeHours),
                MaxBytes = proxy.MaxBytes,
            },
            content, time);
    }
}
