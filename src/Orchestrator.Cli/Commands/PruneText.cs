using Orchestrator.Cli.Output;

namespace Orchestrator.Cli.Commands;

/// <summary>What the prune commands print.</summary>
internal static class PruneText
{
    public static void Write(TextWriter writer, string title, string[]? deleted, ulong? reclaimedBytes)
    {
        if (deleted is { Length: > 0 })
        {
            writer.WriteLine(title);
            foreach (var name in deleted) writer.WriteLine(name);
            writer.WriteLine();
        }
        if (reclaimedBytes is { } bytes) writer.WriteLine($"Total reclaimed space: {Units.Size(bytes)}");
    }
}
