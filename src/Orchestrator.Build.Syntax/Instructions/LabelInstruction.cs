using System.Collections.Immutable;

namespace Orchestrator.Build.Syntax;

/// <summary><c>LABEL NAME=VALUE…</c></summary>
public sealed record LabelInstruction : Instruction
{
    public required ImmutableArray<KeyValue> Labels { get; init; }
}
