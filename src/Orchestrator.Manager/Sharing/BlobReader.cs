using Orchestrator.Model;

namespace Orchestrator.Manager.Sharing;

/// <summary>A node that is reading one blob.</summary>
internal sealed class BlobReader
{
    /// <summary>Null: the registry.</summary>
    public NodeId? Source { get; set; }

    /// <summary>Bytes it had when it last said so.</summary>
    public long Offset { get; set; }

    public DateTimeOffset Heard { get; set; }

    /// <summary>Somebody could not reach it since: if it lives, what it says next tells so.</summary>
    public bool IsLost { get; set; }

    /// <summary>Nodes that it got no good of; it is not sent there again.</summary>
    public HashSet<NodeId> Tried { get; } = [];

    /// <summary>Nodes that some of its bytes came from.</summary>
    public HashSet<NodeId> Used { get; } = [];

    /// <summary>Some of its bytes may be damaged; it is told when it next asks.</summary>
    public bool IsTainted { get; set; }

    /// <summary>It was given damaged bytes once: from now on it reads from the registry alone.</summary>
    public bool IsAlone { get; set; }

    /// <summary>Bytes it had when it was sent to its source.</summary>
    public long Began { get; set; }

    /// <summary>Since when, and from which byte on, it is measured.</summary>
    public (DateTimeOffset Time, long Offset) Mark { get; set; }

    /// <summary>Bytes per second that come from this source; null: not known yet.</summary>
    public double? Rate { get; set; }

    /// <summary>It was told that others do better, and is about to ask.</summary>
    public bool IsAdvised { get; set; }

    /// <summary>How often it was moved for that; a node that is slow itself is left alone at last.</summary>
    public int Moves { get; set; }

    public void BeginAnew()
    {
        (IsTainted, Offset) = (false, 0);
        Used.Clear();
    }
}
