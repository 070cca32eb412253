namespace Orchestrator.Build.Syntax;

/// <summary><c>ONBUILD INSTRUCTION</c>: kept in the image, run right after a child's <c>FROM</c>.</summary>
public sealed record OnBuildInstruction : Instruction
{
    /// <summary>The text the image keeps; <see cref="DockerfileParser.ParseInstruction"/> reads it back.</summary>
    public required string Trigger { get; init; }
}
