using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Orchestrator.Model;

namespace Orchestrator.Daemon.Clustering;

/// <summary>What this host is, for the scheduler.</summary>
/// <param name="wireGuardKey">Public half of the node's own key.</param>
/// <param name="espEpoch">What its IPsec associations are made under.</param>
/// <param name="configNetworks">Config-only networks of the node, and the parent of each.</param>
internal sealed class NodeDescriber(
    string version, IEnumerable<string> first, Func<string> wireGuardKey, Func<uint> espEpoch,
    Func<ImmutableSortedDictionary<string, string>> configNetworks)
{
    private readonly Lazy<string> publicKey = new(wireGuardKey);

    // Once: a kernel does not change while it runs, and modules are loaded by the asking.
    private readonly Lazy<ImmutableSortedDictionary<string, string>> features = new(Network.NetworkFeatures.Probe);

    private volatile ImmutableSortedDictionary<string, string> labels = Parse(first);

    /// <summary>What the managers are told from the next session on.</summary>
    public void Use(IEnumerable<string> changed) => labels = Parse(changed);

    public NodeDescription Describe() => new()
    {
        Hostname = Environment.MachineName,
        Platform = new("linux", Architecture),
        Resources = new(Environment.ProcessorCount * 1_000_000_000L, MemoryBytes()),
        EngineVersion = version,
        EngineLabels = labels,
        NetworkFeatures = features.Value,
        WireGuardKey = publicKey.Value,
        EspEpoch = espEpoch(),
        Routes = Network.HostRoutes.List(),
        Links = Network.HostLinks.List(),
        ConfigNetworks = configNetworks(),
    };

    /// <summary>Of a label given twice, the later counts.</summary>
    private static ImmutableSortedDictionary<string, string> Parse(IEnumerable<string> labels) => labels
        .Select(l => l.Split('=', 2)).GroupBy(p => p[0], p => p.Length > 1 ? p[1] : "")
        .ToImmutableSortedDictionary(g => g.Key, g => g.Last(), StringComparer.Ordinal);

    /// <summary>In Go's words, which images and constraints use.</summary>
    private static string Architecture => RuntimeInformation.OSArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => "amd64",
        System.Runtime.InteropServices.Architecture.Arm64 => "arm64",
        var other => other.ToString().ToLowerInvariant(),
    };

    private static long MemoryBytes()
    {
        // proc(5): "MemTotal:       24601234 kB"
        var line = File.ReadLines("/proc/meminfo").First(l => l.StartsWith("MemTotal:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], null) * 1024;
    }
}
