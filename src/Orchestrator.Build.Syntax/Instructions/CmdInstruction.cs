namespace Orchestrator.Build.Syntax;

/// <summary><c>CMD COMMAND</c></summary>
public sealed record CmdInstruction : Instruction
{
    public required CommandLine Command { get; init; }
}
