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
    /// <returns>What to do now, and when to look again should it be without success: half of what is left, as RFC 2131
    /// 4.4.5 has it.</returns>
    public static (LeaseStep Step, DateTimeOffset At) Next(DhcpLease lease, DateTimeOffset now)
    {
        if (now >= lease.Expire)
            return (LeaseStep.Expired, now);
        if (now >= lease.Rebind)
            return (LeaseStep.Rebind, now + ((lease.Expire - now) / 2));
        return now >= lease.Renew
            ? (LeaseStep.Renew, now + ((lease.Rebind - now) / 2)) : (LeaseStep.Wait, lease.Renew);
    }
}
