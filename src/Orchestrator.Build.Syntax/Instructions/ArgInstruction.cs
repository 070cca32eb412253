using System.Collections.Immutable;

namespace Orchestrator.Build.Syntax;

/// <summary><c>ARG NAME[=DEFAULT]…</c></summary>
public sealed record ArgInstruction : Instruction
{
    public required ImmutableArray<ArgDefinition> Arguments { get; init; }
}
