namespace Orchestrator.Network.Dhcp;

internal enum LeaseStep
{
    Wait,
    Renew,
    Rebind,
    Expired,
}

/// <summary>When to do what about a lease. Pure.</summary>
internal static class LeaseTimes
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMinutes(1);

    /// <param name="due">Who was asked and did not answer is not asked again before this.</param>
    /// <returns>What to do now, and when to look again should it be without success: after half of what is left, at
    /// least a minute, as RFC 2131 4.4.5 has it, or when others can be asked or all is over.</returns>
    public static (LeaseStep Step, DateTimeOffset At) Next(
        DhcpLease lease, DateTimeOffset now, DateTimeOffset due = default)
    {
        if (now >= lease.Expire)
            return (LeaseStep.Expired, now);
        if (now < lease.Renew)
            return (LeaseStep.Wait, lease.Renew);
        if (now < due)
            return (LeaseStep.Wait, due);
        return now >= lease.Rebind
            ? (LeaseStep.Rebind, Again(now, lease.Expire)) : (LeaseStep.Renew, Again(now, lease.Rebind));
    }

    private static DateTimeOffset Again(DateTimeOffset now, DateTimeOffset end)
    {
        var half = (end - now) / 2;
        return half > ShortestPause ? now + half : end - now > ShortestPause ? now + ShortestPause : end;
    }
}
