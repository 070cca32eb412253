namespace Orchestrator.Network.Dhcp;

/// <summary>Holds one pipe's lease: gets it, has it prolonged in time, and gets another when it is lost.</summary>
/// <param name="home">What the client works in: closed when this ends.</param>
/// <param name="apply">Gives the link what was lent, in place of what it had; null: takes that away.</param>
internal sealed class LeaseKeeper(
    DhcpClient client, IDisposable home, Func<DhcpLease?, CancellationToken, Task> apply, TimeProvider time)
    : IDisposable
{
    private static readonly TimeSpan ShortestWait = TimeSpan.FromSeconds(1);

    /// <summary>The clock of a wait stands still while the machine sleeps; that of a lease does not.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    private readonly CancellationTokenSource ending = new();
    private readonly TaskCompletionSource first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task running = Task.CompletedTask;

    /// <summary>It gave up: the link is gone, or another by now.</summary>
    public bool IsOver => running.IsCompleted;

    /// <summary>Done when the link has an address.</summary>
    public Task First => first.Task;

    /// <param name="known">A lease of before: taken up again, or at least asked for again.</param>
    /// <param name="isHeld">The link has kept its address: nobody but this program was away.</param>
    public void Start(DhcpLease? known, bool isHeld, System.Net.IPAddress? wanted)
    {
        if (isHeld)
            first.TrySetResult();
        running = Task.Run(() => RunAsync(known, isHeld, wanted, ending.Token));
    }

    /// <summary>Stops asking, and waits until nothing is asked any more.</summary>
    public async Task StopAsync()
    {
        await ending.CancelAsync();
        await running;
    }

    /// <summary>Stops asking soon.</summary>
    public void Dispose() => ending.Cancel();

    private async Task RunAsync(
        DhcpLease? lease, bool isHeld, System.Net.IPAddress? wanted, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                if (!isHeld)
                {
                    var former = lease is null ? wanted : System.Net.IPAddress.Parse(lease.Address.Split('/')[0]);
                    lease = await OnThreadAsync(() => client.Acquire(former, cancellationToken), cancellationToken);
                    await ApplyAsync(lease, cancellationToken);
                    first.TrySetResult();
                }

                isHeld = false;
                lease = await HoldAsync(lease!, cancellationToken);
                await ApplyAsync(null, cancellationToken);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or NetworkException or IOException)
        {
            // The pipe or the daemon ends, or the link went: whoever makes it again starts another of these.
            first.TrySetException(e is OperationCanceledException ? new NetworkException(
                NetworkFault.Conflict, "the pipe was removed") : e);
            _ = first.Task.Exception; // Seen, also when nobody waits.
        }
        finally
        {
            home.Dispose();
        }
    }

    /// <summary>What hinders it may pass, as a full disk does. While the link is there it is tried again, until the lease is
    /// over; whoever waits for the first address hears at once.</summary>
    private async Task ApplyAsync(DhcpLease? lease, CancellationToken cancellationToken)
    {
        while (!await TryApplyAsync(lease, cancellationToken))
            await Task.Delay(ShortestWait, time, cancellationToken);
    }

    private async Task<bool> TryApplyAsync(DhcpLease? lease, CancellationToken cancellationToken)
    {
        try
        {
            await apply(lease, cancellationToken);
            return true;
        }
        catch (Exception e) when (e is NetworkException or IOException && client.HasLink && !HasRunOut(lease))
        {
            first.TrySetException(e);
            _ = first.Task.Exception; // Seen, also when nobody waits.
            return false;
        }
    }

    private bool HasRunOut(DhcpLease? lease) => lease?.Expire <= time.GetUtcNow();

    /// <summary>Returns when the lease is over, which it is not for as long as it is prolonged.</summary>
    private async Task<DhcpLease> HoldAsync(DhcpLease lease, CancellationToken cancellationToken)
    {
        var (due, isApplied) = (default(DateTimeOffset), true);
        while (true)
        {
            var now = time.GetUtcNow();
            var (step, at) = LeaseTimes.Next(lease, now, due);
            if (step == LeaseStep.Expired)
                return lease;
            if (step == LeaseStep.Wait)
            {
                // Tried beside the asking: a record that nobody can write for long must not cost the address.
                isApplied = isApplied || await TryApplyAsync(lease, cancellationToken);
                await Task.Delay(isApplied ? Clamp(at - now) : ShortestWait, time, cancellationToken);
                continue;
            }

            try
            {
                var old = lease;
                var longer = await OnThreadAsync(
                    () => step == LeaseStep.Renew ? client.Renew(old) : client.Rebind(old, cancellationToken), cancellationToken);
                due = longer is null ? at : default;
                if (longer is not null)
                {
                    lease = longer;
                    isApplied = await TryApplyAsync(lease, cancellationToken);
                    if (isApplied || lease.IsAlike(old))
                        continue;
                    await ApplyAsync(lease, cancellationToken); // Nothing goes by an address that the link has not.
                    isApplied = true;
                }
            }
            catch (DhcpRefusedException)
            {
                return lease;
            }
        }
    }

    internal static TimeSpan Clamp(TimeSpan wait) =>
        wait < ShortestWait ? ShortestWait : wait > LongestWait ? LongestWait : wait;

    private static Task<T> OnThreadAsync<T>(Func<T> work, CancellationToken cancellationToken) => Task.Factory.StartNew(
        work, cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
