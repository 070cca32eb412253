namespace Orchestrator.Security;

/// <summary>When a certificate is renewed.</summary>
public static class CertificateRenewal
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromHours(1);

    /// <summary>
    /// A moment between 50 and 80 % of the certificate's life, so that nodes do not come all at once.
    /// </summary>
    /// <param name="notBefore">Begin of its validity, the backdating included.</param>
    /// <param name="notAfter">End of its validity.</param>
    /// <param name="random">From 0 up to, not including, 1.</param>
    public static DateTimeOffset DueAt(DateTimeOffset notBefore, DateTimeOffset notAfter, double random)
    {
        var begin = notBefore + RootAuthority.Backdating;
        var life = begin < notAfter ? notAfter - begin : TimeSpan.Zero;
        return begin + (life * (0.5 + (0.3 * random)));
    }

    /// <summary>Five seconds, doubled with every failure up to an hour.</summary>
    /// <param name="failures">Attempts that failed since the last success, at least one.</param>
    public static TimeSpan RetryAfter(int failures)
    {
        var doubled = FirstRetry * Math.Pow(2, Math.Min(failures, 20) - 1);
        return doubled < LongestRetry ? doubled : LongestRetry;
    }
}
