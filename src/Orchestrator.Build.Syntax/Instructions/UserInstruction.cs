namespace Orchestrator.Build.Syntax;

/// <summary><c>USER NAME[:GROUP]</c>; variables count.</summary>
public sealed record UserInstruction : Instruction
{
    public required string User { get; init; }
}
