using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Orchestrator.Network;

namespace Orchestrator.Agent.Networks;

/// <summary>
/// Keeps the node's network equal to the newest view. Level-triggered: a failed try is simply tried again.
/// </summary>
internal sealed class NetworkApplier(NodeNetwork network, AgentOptions options, ILogger<NetworkApplier> logger)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly Channel<bool> signal = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly SemaphoreSlim gate = new(1, 1);
    private ClusterView? newest;

    /// <summary>Programs the view now; on failure it is logged and tried again in the background.</summary>
    public async Task ApplyAsync(ClusterView view, CancellationToken cancellationToken)
    {
        newest = view;
        if (!await TryApplyAsync(cancellationToken).ConfigureAwait(false))
            signal.Writer.TryWrite(true);
    }

    /// <summary>
    /// Repeats failed tries at once and the last good one from time to time, which mends what others broke.
    /// </summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            using var pause = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            pause.CancelAfter(options.NetworkResync);
            var failed = false;
            try
            {
                failed = await signal.Reader.ReadAsync(pause.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // Time for a resync.
            }

            if (failed)
                await Task.Delay(RetryAfter, cancellationToken).ConfigureAwait(false);
            if (newest is not null && !await TryApplyAsync(cancellationToken).ConfigureAwait(false))
                signal.Writer.TryWrite(true);
        }
    }

    private async Task<bool> TryApplyAsync(CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var report = await network.ApplyClusterAsync(newest!, cancellationToken).ConfigureAwait(false);
            foreach (var fault in report.Faults)
                logger.NetworkFault(fault);
            return report.Faults.IsEmpty;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            logger.NetworkFailed(e);
            return false;
        }
        finally
        {
            gate.Release();
        }
    }
}
