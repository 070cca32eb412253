namespace Orchestrator.Images.Sharing;

/// <summary>Where to read a blob from.</summary>
/// <param name="Source">Null: the registry.</param>
/// <param name="IsAnew">What is here may be damaged: begin at the first byte.</param>
public sealed record PeerChoice(PeerSource? Source, bool IsAnew = false);

/// <summary>A node that gives a blob.</summary>
/// <param name="Address">HOST:PORT.</param>
/// <param name="Patience">How long a stall is to be borne.</param>
public sealed record PeerSource(string Node, string Address, TimeSpan Patience);
