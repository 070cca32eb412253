namespace Orchestrator.Build.Syntax;

/// <summary><c>WORKDIR PATH</c>; variables count.</summary>
public sealed record WorkdirInstruction : Instruction
{
    public required string Path { get; init; }
}
