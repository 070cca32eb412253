using Grpc.Core;
using Orchestrator.Manager.ControlApi;
using Orchestrator.Model;
using Orchestrator.Store;
using Orchestrator.Store.Tables;
using Orchestrator.Store.Transactions;

namespace Orchestrator.Manager.Images;

/// <summary>
/// The registry's names in the replicated store, on any manager: read here, changed by whoever leads. Any thread may
/// call anything.
/// </summary>
public sealed class RegistryNames
{
    /// <summary>Of one try at the leader. A leader that is well answers within milliseconds.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly ObjectStore store;
    private readonly ILeaderChannels channels;
    private readonly LeaderSearch leaders;
    private readonly TimeProvider time;

    public RegistryNames(ObjectStore store, ILeaderChannels channels, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(store);
        (this.store, this.channels, this.time) = (store, channels, time);
        leaders = new LeaderSearch(store.Log, time);
    }

    /// <summary>Of a change in all, a change of the leader included. Default 15 s.</summary>
    public TimeSpan Endurance { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>What is known here; may be behind.</summary>
    public StoreRoot View() => store.View();

    /// <summary>Waits until <see cref="View"/> covers every change acknowledged anywhere before the call.</summary>
    /// <returns>False: no leader that has a majority could be reached within <paramref name="patience"/>.</returns>
    public async Task<bool> RefreshAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        while (true)
        {
            try
            {
                await store.Log.ReadBarrierAsync(either.Token);
                return true;
            }
            catch (Exception e) when (e is NotLeaderException or LogBusyException && !either.IsCancellationRequested)
            {
                // The leader is changing, as a rule for a second or two.
                await Task.Delay(Pause, time, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception e) when (e is OperationCanceledException or NotLeaderException or LogBusyException
                or LogStoppedException && !cancellationToken.IsCancellationRequested)
            {
                return false;
            }
        }
    }

    /// <summary>Makes a change, once, through changes of the leader.</summary>
    /// <returns>Whether what was to be removed was there.</returns>
    /// <exception cref="UserException">
    /// NoQuorum, Unavailable: it may have been made or not, and may be repeated. Others: it was refused.
    /// </exception>
    public async Task<bool> ChangeAsync(P.NamesChange change, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(change);
        var asked = new P.NamesChange(change);
        var started = time.GetTimestamp();
        // Also finds the leader: what is then sent to it, is sent to one that lives.
        if (!await RefreshAsync(Endurance, cancellationToken))
            throw UserErrors.Of(new NotLeaderException(null))!;
        asked.Seen = NamesRules.VersionOf(View(), asked);
        while (true)
        {
            try
            {
                return await TryAsync(asked, cancellationToken);
            }
            catch (Exception e) when (Passes(e) && time.GetElapsedTime(started) < Endurance
                && !cancellationToken.IsCancellationRequested)
            {
                asked.Repeated |= !IsUndone(e);
                await Task.Delay(Pause, time, cancellationToken);
                await RefreshAsync(Patience, cancellationToken);
            }
            catch (Exception e) when (UserErrors.Of(e) is { } error && error != e)
            {
                throw error;
            }
        }
    }

    private async Task<bool> TryAsync(P.NamesChange change, CancellationToken cancellationToken)
    {
        var leader = await leaders.FindAsync(Patience, cancellationToken);
        if (leader is null)
            return (await store.UpdateAsync(tx => NamesRules.Apply(tx, change), cancellationToken)).Value;
        var deadline = time.GetUtcNow().UtcDateTime + Patience;
        var client = new P.RegistryNames.RegistryNamesClient(channels.Get(leader.Address));
        return (await client.ChangeAsync(change, new CallOptions(null, deadline, cancellationToken))).Found;
    }

    /// <summary>Whether another try may do better.</summary>
    private static bool Passes(Exception error) => IsUndone(error) || error is ProposalUnknownException
        || error is RpcException
        {
            StatusCode: StatusCode.Unavailable or StatusCode.DeadlineExceeded or StatusCode.Cancelled
        };

    /// <summary>Whether it is certain that nothing was changed.</summary>
    private static bool IsUndone(Exception error) =>
        error is NotLeaderException or LogBusyException or ContentionException
            or RpcException { StatusCode: StatusCode.FailedPrecondition };
}
