namespace Orchestrator.Build.Syntax.Checks;

/// <summary>What is known at one point of a stage.</summary>
internal sealed class StageScope
{
    /// <summary>Variables that are set, or declared.</summary>
    public HashSet<string> Known { get; init; } = [];

    /// <summary>Whether every variable of the base image is among <see cref="Known"/>.</summary>
    public bool IsBaseKnown { get; init; }

    public bool HasWorkdir { get; set; }

    public bool HasShell { get; set; }

    /// <summary>The last instruction of each kind that may stand once.</summary>
    public Dictionary<string, Instruction> Last { get; } = [];

    /// <summary>Of a stage that begins where this one ended.</summary>
    public StageScope Child() => new()
    {
        Known = [.. Known], IsBaseKnown = IsBaseKnown, HasWorkdir = HasWorkdir, HasShell = HasShell,
    };
}
