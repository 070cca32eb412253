namespace Orchestrator.Build.Syntax;

/// <summary><c>ENTRYPOINT COMMAND</c></summary>
public sealed record EntrypointInstruction : Instruction
{
    public required CommandLine Command { get; init; }
}
