using Orchestrator.Engine.Containers;
using Orchestrator.Oci.Bundle;

namespace Orchestrator.Engine.Running;

/// <summary>
/// Which capabilities a container gets: docker's fourteen, plus and minus what its creator said. Pure.
/// </summary>
internal static class CapabilityList
{
    public static string[] Resolve(HostSpec host, string[] hostCapabilities)
    {
        if (host.Privileged)
            return hostCapabilities;
        var (add, drop) = (host.CapAdd.Select(Parse).ToList(), host.CapDrop.Select(Parse).ToList());
        IEnumerable<string> all = add.Contains("ALL") ? hostCapabilities
            : drop.Contains("ALL") ? [] : ContainerDefaults.Capabilities;
        return [.. all.Union(add).Where(name => name != "ALL").Except(drop)];
    }

    /// <exception cref="EngineException">Not the name of a capability.</exception>
    public static string Parse(string name)
    {
        var upper = name.ToUpperInvariant();
        if (upper == "ALL")
            return upper;
        var full = upper.StartsWith("CAP_", StringComparison.Ordinal) ? upper : "CAP_" + upper;
        return Linux.Processes.Capabilities.All.Contains(full) ? full
            : throw EngineException.Invalid($"invalid capability: unknown capability: \"{name}\"");
    }
}
