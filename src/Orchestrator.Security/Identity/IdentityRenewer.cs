using Microsoft.Extensions.Logging;

namespace Orchestrator.Security;

/// <summary>Renews the node's certificate in time, and at once when its role changes.</summary>
/// <param name="identity">Replaced by each new one.</param>
/// <param name="store">Written before an identity is used.</param>
/// <param name="join">Calls the cluster.</param>
/// <param name="time">The clock.</param>
/// <param name="random">Spreads renewals of many nodes.</param>
/// <param name="log">Told of each renewal and each failure.</param>
public sealed class IdentityRenewer(
    IdentitySource identity,
    IdentityStore store,
    Func<CancellationToken, Task<NodeIdentity>> join,
    TimeProvider time,
    Random random,
    ILogger log) : IDisposable
{
    private readonly SemaphoreSlim _wanted = new(0);

    /// <summary>
    /// Asks for a renewal now, such as after a promotion. May be called from anywhere, any number of times.
    /// </summary>
    public void RenewNow() => _wanted.Release();

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var failures = 0;
        while (true)
        {
            await WaitAsync(failures == 0 ? UntilDue() : CertificateRenewal.RetryAfter(failures), cancellationToken);
            failures = await TryRenewAsync(cancellationToken) ? 0 : failures + 1;
        }
    }

    public void Dispose() => _wanted.Dispose();

    private TimeSpan UntilDue()
    {
        var current = identity.Current;
        return CertificateRenewal.DueAt(current.NotBefore, current.NotAfter, random.NextDouble()) - time.GetUtcNow();
    }

    private async Task WaitAsync(TimeSpan wait, CancellationToken cancellationToken)
    {
        using var woken = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var wanted = _wanted.WaitAsync(woken.Token);
        // A timer's longest wait is 49 days; one that ends early finds the certificate not yet due.
        var due = time.GetUtcNow() + wait;
        while (!wanted.IsCompleted && due - time.GetUtcNow() is var left && left > TimeSpan.Zero)
            await Task.WhenAny(wanted, Task.Delay(Piece(left), time, woken.Token));
        cancellationToken.ThrowIfCancellationRequested();
        await woken.CancelAsync();
        while (_wanted.Wait(0, CancellationToken.None))
            continue; // Several wishes are one renewal.
    }

    /// <summary>At most a day; in whole milliseconds, rounded up, since less would be no wait at all.</summary>
    private static TimeSpan Piece(TimeSpan left) =>
        TimeSpan.FromMilliseconds(Math.Ceiling(Math.Min(left.TotalMilliseconds, TimeSpan.MillisecondsPerDay)));

    private async Task<bool> TryRenewAsync(CancellationToken cancellationToken)
    {
        try
        {
            var renewed = await join(cancellationToken);
            store.Save(renewed);
            identity.Replace(renewed);
            SecurityLog.Renewed(log, renewed.Id, renewed.Role.ToWord(), renewed.NotAfter);
            return true;
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            SecurityLog.RenewalFailed(log, identity.Current.NotAfter, e.Message);
            return false;
        }
    }
}
