using System.Diagnostics.CodeAnalysis;

namespace Orchestrator.Raft;

/// <summary>
/// A rule of the algorithm was broken: going on could lose or fork acknowledged data, so the member must stop.
/// </summary>
public sealed class RaftInvariantException(string rule) : Exception($"raft invariant broken: {rule}");

/// <summary>The rules A1 to A13 of docs/design/raft.md, checked in release builds too.</summary>
internal static class Invariant
{
    public static void Check([DoesNotReturnIf(false)] bool holds, string rule)
    {
        if (!holds)
            throw new RaftInvariantException(rule);
    }
}
