using System.Collections.Immutable;

namespace Orchestrator.Build.Syntax;

/// <summary><c>EXPOSE PORT[-PORT][/PROTOCOL]…</c>; variables count, and one word may expand to several.</summary>
public sealed record ExposeInstruction : Instruction
{
    public required ImmutableArray<string> Ports { get; init; }
}
