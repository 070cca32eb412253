using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Orchestrator.Model;

namespace Orchestrator.Daemon.Clustering;

/// <summary>What this host is, for the scheduler.</summary>
internal sealed class NodeDescriber(string version, IEnumerable<string> labels)
{
    private readonly ImmutableSortedDictionary<string, string> labels = labels
        .Select(l => l.Split('=', 2))
        .ToImmutableSortedDictionary(p => p[0], p => p.Length > 1 ? p[1] : "", StringComparer.Ordinal);

    public NodeDescription Describe() => new()
    {
        Hostname = Environment.MachineName,
        Platform = new("linux", Architecture),
        Resources = new(Environment.ProcessorCount * 1_000_000_000L, MemoryBytes()),
        EngineVersion = version,
        EngineLabels = labels,
    };

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
