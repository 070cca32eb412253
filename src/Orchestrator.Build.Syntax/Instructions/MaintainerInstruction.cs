namespace Orchestrator.Build.Syntax;

/// <summary><c>MAINTAINER WORDS</c>: the image's author.</summary>
public sealed record MaintainerInstruction : Instruction
{
    public required string Maintainer { get; init; }
}
