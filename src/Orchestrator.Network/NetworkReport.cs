using System.Collections.Immutable;
using Orchestrator.Model;

namespace Orchestrator.Network;

/// <summary>All that was found when a node's network was looked over.</summary>
/// <param name="Places">Namespaces that were compared.</param>
public sealed record NetworkReport(
    int Places, ImmutableArray<NetworkDrift> Drifts, ImmutableArray<NetworkPath> Paths)
{
    /// <summary>Published ports that do not answer on this node, and why.</summary>
    public ImmutableArray<string> Unanswered { get; init; } = [];

    /// <param name="fix">What differed was to be put right.</param>
    public IEnumerable<NetworkComplaint> Complaints(bool fix) =>
    [
        .. Drifts.Select(drift => new NetworkComplaint(
            drift.Place, drift.Finding, drift.Fault ?? (fix ? "" : "orch network doctor --fix puts it right"),
            Mended: fix && drift.Fault is null)),
        .. Unanswered.Select(fault => new NetworkComplaint(
            "host", fault, "mend that, or publish another port; orch network doctor --fix tries again at once", Mended: false)),
        .. Paths.Where(path => path.Fault is not null)
            .Select(path => new NetworkComplaint(path.From, path.Fault!, path.Remedy, Mended: false)),
    ];
}

public enum WayKind
{
    /// <summary>Between the hosts, as they are without us.</summary>
    Underlay,

    /// <summary>Between the hosts, inside of VXLAN.</summary>
    Overlay,

    /// <summary>From a container here to a task there.</summary>
    Task,

    /// <summary>The same on a network of the world outside: by the hosts' cards and whatever switches between them.</summary>
    Segment,
}

/// <summary>What one way was found to be.</summary>
/// <param name="Loss">Share of packets without an answer, 0 to 1.</param>
/// <param name="RoundTrip">Middle of the round trips; null: no answer.</param>
/// <param name="Mtu">Largest packet that came through whole; 0: none.</param>
/// <param name="WantedMtu">The size that has to.</param>
public sealed record NetworkPath(
    string From, string To, WayKind Kind, double Loss, TimeSpan? RoundTrip, int Mtu, int WantedMtu)
{
    /// <summary>UDP port of VXLAN.</summary>
    public int DataPathPort { get; init; } = ClusterPorts.Vxlan;

    /// <summary>One line; null: it is as it should be.</summary>
    public string? Fault => this switch
    {
        { RoundTrip: null } => $"no answer from {To}",
        { Loss: > 0 } => $"{Loss * 100:F0} % of the packets to {To} are lost",
        _ when Mtu < WantedMtu => $"packets of more than {Mtu} bytes do not reach {To}, {WantedMtu} should",
        _ => null,
    };

    /// <summary>What to do about <see cref="Fault"/>.</summary>
    public string Remedy => (Kind, RoundTrip) switch
    {
        (WayKind.Underlay, null) => "see that the host is up and that no firewall between the two drops ICMP",
        (WayKind.Overlay, null) => $"open {DataPathPort}/udp between the two hosts; run orch network doctor --fix there",
        (WayKind.Task, null) => "run orch network doctor --fix on the task's node",
        (WayKind.Segment, null) => "run orch network doctor --fix on the task's node; see that the switch between the hosts lets "
            + "foreign hardware addresses and the network's VLAN through",
        _ when Loss > 0 => "look at the links and the load of the two hosts",
        (WayKind.Segment, _) => "raise the MTU of what is between the hosts, or lower that of the parent links",
        _ => $"raise the MTU of the links between the hosts, or start every orchd with a smaller --mtu ({Suggested})",
    };

    /// <summary>What VXLAN puts around a packet does not count for who sets the MTU of the underlay.</summary>
    private int Suggested => Kind == WayKind.Underlay ? Mtu : Mtu + Overlays.OverlayFabric.Overhead;
}
