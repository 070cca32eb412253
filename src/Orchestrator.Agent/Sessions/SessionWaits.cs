namespace Orchestrator.Agent.Sessions;

/// <summary>How long to wait between one manager and the next. Pure; one owner at a time.</summary>
/// <param name="shortest">The first wait; each is longer by half of this than the one before.</param>
/// <param name="longest">None is longer.</param>
internal sealed class SessionWaits(TimeSpan shortest, TimeSpan longest)
{
    private TimeSpan added;

    /// <summary>A session has begun: what went before is forgotten.</summary>
    public void Begun() => added = TimeSpan.Zero;

    /// <param name="knowsLeader">Who is tried next was said to lead: no guess, no longer wait.</param>
    public TimeSpan Next(bool knowsLeader)
    {
        var wait = knowsLeader ? shortest : shortest + added;
        if (shortest + added < longest)
            added += shortest / 2;
        return wait < longest ? wait : longest;
    }
}
