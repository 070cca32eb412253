using System.Collections.Immutable;

namespace Orchestrator.Build.Syntax;

/// <summary><c>VOLUME PATH…</c> or <c>VOLUME ["PATH"…]</c>; variables count.</summary>
public sealed record VolumeInstruction : Instruction
{
    public required ImmutableArray<string> Paths { get; init; }
}
