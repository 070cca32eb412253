namespace Orchestrator.Images.Trees;

/// <summary>Numbers are docker's.</summary>
public enum ChangeKind
{
    Modified = 0,
    Added = 1,
    Deleted = 2,
}

/// <summary>One path that a container changed of its image.</summary>
/// <param name="Path">Absolute.</param>
public sealed record PathChange(string Path, ChangeKind Kind);
