using Orchestrator.Store.Tables;
using Orchestrator.Store.Transactions;
using Orchestrator.Store.Watching;

namespace Orchestrator.Store;

/// <summary>
/// The cluster's typed objects: read from an immutable root without lock, changed by transactions in one order on all
/// managers, watched without gap. Any thread may call anything.
/// </summary>
public sealed class ObjectStore(StoreState state, IReplicatedLog log, TimeProvider time, StoreOptions? options = null)
{
    private readonly StoreOptions options = options ?? new StoreOptions();

    /// <summary>Who leads; <see cref="UpdateAsync{T}"/> works on the leader only.</summary>
    public IReplicatedLog Log { get; } = log;

    /// <summary>The newest state committed here; may be behind the leader's.</summary>
    public StoreRoot View() => state.Committed;

    /// <summary>A state that covers every write acknowledged anywhere before the call.</summary>
    /// <exception cref="NotLeaderException">There is no leader.</exception>
    public async Task<StoreRoot> ViewCurrentAsync(CancellationToken cancellationToken)
    {
        await Log.ReadBarrierAsync(cancellationToken);
        return View();
    }

    /// <summary>Everything that happens after the entry <paramref name="after"/>, which may be yet to come.</summary>
    public StoreWatcher Watch(ulong after) => state.Watch(after);

    /// <summary>A state and what happens after it, with nothing between.</summary>
    public (StoreRoot Root, StoreWatcher Watcher) ViewAndWatch()
    {
        var root = View();
        return (root, Watch(root.Index));
    }

    /// <summary>Changes the store, all or nothing.</summary>
    /// <param name="change">
    /// Runs on this thread, again from the start whenever what it read has changed meanwhile; whatever it throws ends
    /// the
    /// transaction and goes to the caller.
    /// </param>
    /// <returns>The log index of the change (of the state it looked at, if it wrote nothing) and what the callback
    /// returned.</returns>
    /// <exception cref="NotLeaderException">Nothing was changed; ask the leader it names.</exception>
    /// <exception cref="ProposalUnknownException">Leadership was lost meanwhile: the change may or may not
    /// happen.</exception>
    /// <exception cref="TooLargeException">Over a limit of <see cref="StoreOptions"/>; nothing was changed.</exception>
    /// <exception cref="ContentionException">It met newer changes too often; nothing was changed.</exception>
    public async Task<Committed<T>> UpdateAsync<T>(Func<Transaction, T> change, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(change);
        for (var attempt = 1; attempt <= options.MaxAttempts; attempt++)
        {
            if (!Log.Status.IsLeader)
                throw new NotLeaderException(Log.Status.Leader);
            try
            {
                return await TryOnceAsync(change, cancellationToken);
            }
            catch (ConflictException)
            {
                // The newest head is there already; waiting helps only when several keep colliding.
                if (attempt > 3)
                    await Task.Delay(TimeSpan.FromMilliseconds(attempt), time, cancellationToken);
            }
        }

        throw new ContentionException(options.MaxAttempts);
    }

    /// <inheritdoc cref="UpdateAsync{T}"/>
    public Task<Committed<bool>> UpdateAsync(Action<Transaction> change, CancellationToken cancellationToken) =>
        UpdateAsync(
            tx =>
            {
                change(tx);
                return true;
            },
            cancellationToken);

    /// <summary>
    /// Does the same to many things, in as many transactions as the limits ask for; each is all or nothing.
    /// </summary>
    /// <exception cref="NotLeaderException">The rest was not done; the work must bear being begun again.</exception>
    public async Task UpdateEachAsync<TItem>(
        IReadOnlyCollection<TItem> items, Action<Transaction, TItem> change, CancellationToken cancellationToken)
    {
        foreach (var chunk in items.Chunk(options.BatchChanges))
        {
            await UpdateAsync(
                tx =>
                {
                    foreach (var item in chunk)
                        change(tx, item);
                },
                cancellationToken);
        }
    }

    private async Task<Committed<T>> TryOnceAsync<T>(Func<Transaction, T> change, CancellationToken cancellationToken)
    {
        var basis = state.Head;
        var transaction = new Transaction(basis.Root, time.GetUtcNow());
        var result = change(transaction);
        if (!transaction.Changes.Any())
            return new Committed<T>(basis.Root.Index, result);

        var bytes = TransactionCodec.Encode(transaction.Changes, options);
        // Step 3: the managers agree.
        var index = await Log.ProposeAsync(
            at =>
            {
                state.Sequence(at, basis, transaction);
                return bytes;
            },
            cancellationToken);
        return new Committed<T>(index, result);
    }
}
