namespace Orchestrator.Manager.Dispatching;

/// <summary>Changes as messages that are small enough to be sent. Pure.</summary>
internal static class AssignmentParts
{
    /// <summary>Of secrets and configs in one message; half of what a message may have.</summary>
    private const int PayloadBytes = 2 * 1024 * 1024;

    /// <summary>
    /// All in one, the first; only what is too large of secrets and configs comes in further ones. Who needs those waits
    /// for them, and a complete set has to be complete in all else.
    /// </summary>
    public static IEnumerable<IReadOnlyList<P.AssignmentChange>> Of(IEnumerable<P.AssignmentChange> changes)
    {
        List<P.AssignmentChange> part = [];
        Queue<P.AssignmentChange> later = [];
        var bytes = 0;
        foreach (var change in changes)
        {
            if (bytes + SizeOf(change) > PayloadBytes)
            {
                later.Enqueue(change);
                continue;
            }

            bytes += SizeOf(change);
            part.Add(change);
        }

        yield return part;
        while (later.Count > 0)
        {
            part = [later.Dequeue()];
            for (bytes = SizeOf(part[0]); later.TryPeek(out var next) && bytes + SizeOf(next) <= PayloadBytes; bytes += SizeOf(next))
                part.Add(later.Dequeue());
            yield return part;
        }
    }

    private static int SizeOf(P.AssignmentChange change) => change.Payload?.Data.Length ?? 0;
}
