using Orchestrator.Model;

namespace Orchestrator.Manager.Sharing;

/// <summary>Where a node is to read a blob from.</summary>
/// <param name="Node">Null: the registry.</param>
/// <param name="Depth">Nodes between it and the registry, or a node that has the blob whole.</param>
/// <param name="IsAnew">What it has so far may be damaged: it begins again at the first byte.</param>
internal readonly record struct SourceChoice(NodeId? Node, int Depth, bool IsAnew);
