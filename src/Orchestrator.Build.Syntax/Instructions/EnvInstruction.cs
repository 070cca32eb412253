using System.Collections.Immutable;

namespace Orchestrator.Build.Syntax;

/// <summary><c>ENV NAME=VALUE…</c>; every word sees the variables from before the line.</summary>
public sealed record EnvInstruction : Instruction
{
    public required ImmutableArray<KeyValue> Variables { get; init; }
}
