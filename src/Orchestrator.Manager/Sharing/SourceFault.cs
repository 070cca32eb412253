namespace Orchestrator.Manager.Sharing;

/// <summary>Why a node that reads a blob from another asks for a new source.</summary>
internal enum SourceFault
{
    /// <summary>It has had none yet.</summary>
    None,

    /// <summary>Nobody answers there.</summary>
    Unreachable,

    /// <summary>The other does not have it.</summary>
    Missing,

    /// <summary>The other feeds as many as it wants to.</summary>
    Busy,

    /// <summary>The other stopped before the end.</summary>
    Broken,

    /// <summary>Less comes than is bearable.</summary>
    Slow,

    /// <summary>All came, and it was not what the digest says.</summary>
    Damaged,
}
