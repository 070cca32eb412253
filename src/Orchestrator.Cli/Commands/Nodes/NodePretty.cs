using System.Globalization;
using Orchestrator.Api.Swarm;
using Orchestrator.Cli.Output;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Nodes;

/// <summary>A node for people.</summary>
internal static class NodePretty
{
    public static void Write(TextWriter o, Node node)
    {
        o.WriteLine($"ID:\t\t\t{node.ID}");
        if (!string.IsNullOrEmpty(node.Spec.Name)) o.WriteLine($"Name:\t\t\t{node.Spec.Name}");
        WriteLabels(o, "Labels", node.Spec.Labels);
        o.WriteLine($"Hostname:              \t{node.Description.Hostname}");
        o.WriteLine($"Joined at:             \t{node.CreatedAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.FFFFFFF +0000 'utc'", CultureInfo.InvariantCulture)}");
        o.WriteLine($"Status:\n State:\t\t\t{Text.Capitalize(node.Status.State)}");
        if (!string.IsNullOrEmpty(node.Status.Message))
            o.WriteLine($" Message:              \t{Text.Capitalize(node.Status.Message)}");
        o.WriteLine($" Availability:         \t{Text.Capitalize(node.Spec.Availability)}");
        if (!string.IsNullOrEmpty(node.Status.Addr)) o.WriteLine($" Address:\t\t{node.Status.Addr}");
        if (node.ManagerStatus is { } manager)
            o.WriteLine(
                $"Manager Status:\n Address:\t\t{manager.Addr}\n Raft "
                + $"Status:\t\t{Text.Capitalize(manager.Reachability)}\n "
                    + $"Leader:\t\t{(manager.Leader == true ? "Yes" : "No")}");
        o.WriteLine(
            $"Platform:\n Operating System:\t{node.Description.Platform.OS}\n "
            + $"Architecture:\t\t{node.Description.Platform.Architecture}");
        o.WriteLine(
            $"Resources:\n CPUs:\t\t\t{NanoCpus.Format(node.Description.Resources.NanoCPUs ?? 0)}\n "
            + $"Memory:\t\t{Units.BinarySize(node.Description.Resources.MemoryBytes ?? 0)}");
        if (node.Description.Engine.Plugins is { Length: > 0 } plugins)
        {
            o.WriteLine("Plugins:");
            foreach (var group in plugins.GroupBy(static p => p.Type).OrderBy(
                static g => g.Key, StringComparer.Ordinal))
                o.WriteLine($" {group.Key}:\t\t{string.Join(", ", group.Select(static p => p.Name))}");
        }
        o.WriteLine($"Engine Version:\t\t{node.Description.Engine.EngineVersion}");
        WriteLabels(o, "Engine Labels", node.Description.Engine.Labels);
        if (!string.IsNullOrEmpty(node.Description.TLSInfo.TrustRoot))
            o.WriteLine($"TLS Info:\n TrustRoot:\n{node.Description.TLSInfo.TrustRoot.Trim()}\n");
    }

    private static void WriteLabels(TextWriter o, string title, Dictionary<string, string>? labels)
    {
        if (labels is not { Count: > 0 }) return;
        o.WriteLine($"{title}:");
        foreach (var (key, value) in labels.OrderBy(static l => l.Key, StringComparer.Ordinal))
            o.WriteLine($" - {key}={value}");
    }
}
