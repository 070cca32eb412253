namespace Orchestrator.Runtime.Checks;

internal enum FindingState
{
    Present,

    /// <summary>Some of it.</summary>
    Partial,

    Missing,
}

/// <summary>One thing the runtime can make use of, as this host has it.</summary>
/// <param name="Detail">How it is there, or why not: the kernel's answer.</param>
/// <param name="Cost">What goes without it; null: nothing is missing.</param>
internal sealed record Finding(string Area, string Name, FindingState State, string Detail, string? Cost)
{
    /// <summary>Without it no container runs at all.</summary>
    public bool IsFatal { get; private init; }

    public static Finding Present(string area, string name, string detail) =>
        new(area, name, FindingState.Present, detail, null);

    public static Finding Missing(string area, string name, string detail, string cost) =>
        new(area, name, FindingState.Missing, detail, cost);

    public static Finding Partial(string area, string name, string detail, string cost) =>
        new(area, name, FindingState.Partial, detail, cost);

    public Finding Required() => this with { IsFatal = State == FindingState.Missing };
}
