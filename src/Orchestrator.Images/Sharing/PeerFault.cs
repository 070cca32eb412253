namespace Orchestrator.Images.Sharing;

/// <summary>What was wrong with a node that a blob was read from. Source: sharing.proto, SourceFault.</summary>
public enum PeerFault
{
    None,
    Unreachable,
    Missing,
    Busy,
    Broken,
    Slow,
    Damaged,
}

/// <summary>A blob could not be had of another node, or not all of it.</summary>
#pragma warning disable CA1032 // Without its kind it would say nothing.
public sealed class PeerException(PeerFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    public PeerFault Fault { get; } = fault;
}
