using Orchestrator.Manager.Sharing;
using Orchestrator.Model;

namespace Orchestrator.Simulation.Sharing;

/// <summary>One node of the simulation.</summary>
internal sealed class SimPeer(NodeId id, double rate)
{
    public NodeId Id => id;

    public double Rate => rate;

    public double StartsAt { get; init; }

    public double CrashesAt { get; init; } = double.MaxValue;

    public bool IsLiar { get; init; }

    public bool IsUp { get; set; } = true;

    /// <summary>Layers it has whole.</summary>
    public HashSet<int> Has { get; } = [];

    /// <summary>Layers it reads.</summary>
    public SortedDictionary<int, SimDownload> Reads { get; } = [];

    public int Next { get; set; }

    public double? EndedAt { get; set; }
}

/// <summary>One layer on its way to one node.</summary>
internal sealed class SimDownload
{
    public SimPeer? Source { get; set; }

    public double Bytes { get; set; }

    /// <summary>It has bytes that a liar made.</summary>
    public bool IsDamaged { get; set; }

    public int Failures { get; set; }

    /// <summary>When, and how, it learns that its source is gone; null: nothing tells it.</summary>
    public (double Time, SourceFault Fault)? Fails { get; set; }

    public bool IsAlone { get; set; }

    /// <summary>When, and with how many bytes, it last looked whether enough comes.</summary>
    public (double Time, double Bytes, double Patience) Watch { get; set; }

    /// <summary>Began again since: who reads from it is cut off.</summary>
    public int Generation { get; set; }

    /// <summary>Of the source, when it was opened.</summary>
    public int SourceGeneration { get; set; }
}
