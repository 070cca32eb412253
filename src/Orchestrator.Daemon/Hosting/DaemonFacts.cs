using Orchestrator.Daemon.Configuration;
using Orchestrator.Daemon.Startup;
using Orchestrator.EngineApi;
using Orchestrator.Network;

namespace Orchestrator.Daemon.Hosting;

/// <summary>The daemon's settings as it tells them to clients.</summary>
internal static class DaemonFacts
{
    public static NodeFacts Of(DaemonOptions options) => new()
    {
        Id = NodeIdentity.ReadOrMake(options.DataRoot),
        Name = Environment.MachineName,
        Version = BuildInfo.Version,
        Commit = BuildInfo.Commit,
        Built = BuildInfo.Built,
        Labels = options.Labels,
        Debug = options.Debug,
        LiveRestore = options.LiveRestore,
        RegistryMirrors = options.RegistryMirrors,
        InsecureRegistries = options.InsecureRegistries,
        AddressPools = [.. SubnetPool.Complete(options.AddressPools, NodeIdentity.ReadOrMake(options.DataRoot))
            .Select(pool => (pool.Base, pool.Size))],
        GenericResources = [.. options.GenericResources.Select(one => (one.Kind, one.Count, one.Name))],
        HttpProxy = options.Proxies.Http,
        HttpsProxy = options.Proxies.Https,
        NoProxy = options.Proxies.Except,
        Warnings = [.. ApiListeners.PlainOf(options).Select(end =>
            $"WARNING: API is accessible on http{(options.Tls.IsUsed ? "s" : "")}://{end} without encryption or without "
            + "client authentication: whoever is on this host has root's powers")],
    };
}
