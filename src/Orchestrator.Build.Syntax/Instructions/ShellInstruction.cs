using System.Collections.Immutable;

namespace Orchestrator.Build.Syntax;

/// <summary><c>SHELL ["PROGRAM", "ARGUMENT"…]</c>: what shell forms after it run under.</summary>
public sealed record ShellInstruction : Instruction
{
    public required ImmutableArray<string> Shell { get; init; }
}
