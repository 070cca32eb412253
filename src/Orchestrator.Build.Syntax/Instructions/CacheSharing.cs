namespace Orchestrator.Build.Syntax;

/// <summary>What happens when two steps want one cache folder at once.</summary>
public enum CacheSharing
{
    Shared,

    /// <summary>The second gets a folder of its own.</summary>
    Private,

    /// <summary>The second waits.</summary>
    Locked,
}
