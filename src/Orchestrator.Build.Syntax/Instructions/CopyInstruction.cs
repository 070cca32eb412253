namespace Orchestrator.Build.Syntax;

/// <summary><c>COPY [FLAGS] SOURCE… DESTINATION</c></summary>
public sealed record CopyInstruction : Instruction
{
    public required CopyFlags Files { get; init; }

    /// <summary>A stage by name or index, or an image; null: the context.</summary>
    public string? From { get; init; }

    /// <summary>Folders of the source's path are made too; <c>/./</c> marks where they begin.</summary>
    public bool Parents { get; init; }
}
