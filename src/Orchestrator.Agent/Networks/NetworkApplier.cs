using System.Collections.Immutable;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Orchestrator.Network;

namespace Orchestrator.Agent.Networks;

/// <summary>
/// Keeps the node's network equal to the newest view. Level-triggered: a failed try is simply tried again, at first soon.
/// </summary>
/// <param name="apply">One try.</param>
/// <param name="resync">Between two tries while all is well: what others broke is mended.</param>
internal sealed class NetworkApplier(
    Func<ClusterView, CancellationToken, Task<ClusterReport>> apply, TimeSpan resync, TimeProvider time,
    ILogger<NetworkApplier> logger)
{
    /// <summary>Each pause after a failed try is twice as long as the one before: a port that a program of the host holds is
    /// hardly free a second later.</summary>
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(1), LongestPause = TimeSpan.FromSeconds(30);

    private readonly Channel<bool> failures = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly SemaphoreSlim gate = new(1, 1);
    private ClusterView? newest;
    private ImmutableArray<string> standing = [];
    private string? broken;

    /// <summary>Programs the view now; on failure it is logged and tried again in the background.</summary>
    public async Task ApplyAsync(ClusterView view, CancellationToken cancellationToken)
    {
        newest = view;
        if (!await TryApplyAsync(cancellationToken).ConfigureAwait(false))
            failures.Writer.TryWrite(true);
    }

    /// <summary>Repeats failed tries, and the last good one from time to time.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        for (var pause = resync; ;)
        {
            if (await HasFailedAsync(pause, cancellationToken).ConfigureAwait(false))
                pause = ShortestPause; // With another view, which may want less patience than the one before.
            else if (newest is null || await TryApplyAsync(cancellationToken).ConfigureAwait(false))
                pause = resync;
            else
                pause = pause == resync ? ShortestPause : pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    /// <summary>Waits for somebody else's try to fail.</summary>
    /// <returns>False: none has within the pause.</returns>
    private async Task<bool> HasFailedAsync(TimeSpan pause, CancellationToken cancellationToken)
    {
        using var end = new CancellationTokenSource(pause, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(end.Token, cancellationToken);
        try
        {
            return await failures.Reader.ReadAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task<bool> TryApplyAsync(CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var report = await apply(newest!, cancellationToken).ConfigureAwait(false);
            Tell(report.Faults);
            return report.Faults.IsEmpty;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            if (broken != e.Message)
                logger.NetworkFailed(e);
            broken = e.Message;
            return false;
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>Once when it begins and once when it ends, not at each try.</summary>
    private void Tell(ImmutableArray<string> faults)
    {
        if (broken is not null)
            logger.NetworkApplied();
        broken = null;
        foreach (var fault in faults.Except(standing))
            logger.NetworkFault(fault);
        foreach (var fault in standing.Except(faults))
            logger.NetworkFaultGone(fault);
        standing = faults;
    }
}
