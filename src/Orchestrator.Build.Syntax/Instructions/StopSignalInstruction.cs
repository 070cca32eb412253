namespace Orchestrator.Build.Syntax;

/// <summary><c>STOPSIGNAL NAME</c> or a number; variables count.</summary>
public sealed record StopSignalInstruction : Instruction
{
    public required string Signal { get; init; }
}
