using System.Threading.Channels;
using Orchestrator.Store;
using Orchestrator.Store.Transactions;

namespace Orchestrator.Manager.Loops;

/// <summary>
/// One writer for many who ask: everything that came in while one batch was committing goes into the next. Any thread may
/// ask.
/// </summary>
internal abstract class BatchWriter<TItem>(ObjectStore store)
{
    private const int Waiting = 10_000;

    private readonly Channel<Request> requests = Channel.CreateBounded<Request>(Waiting);

    /// <param name="Done">Null: nobody waits for it.</param>
    private sealed record Request(TItem Item, TaskCompletionSource? Done);

    protected ObjectStore Store { get; } = store;

    /// <exception cref="NotLeaderException">The leadership is lost.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (await requests.Reader.WaitToReadAsync(cancellationToken))
                await CommitAsync(TakeAll(), cancellationToken);
        }
        finally
        {
            requests.Writer.TryComplete();
            foreach (var request in TakeAll())
                request.Done?.TrySetException(new NotLeaderException(Store.Log.Status.Leader));
        }
    }

    /// <summary>Returns once all of <paramref name="batch"/> is committed. One call at a time.</summary>
    protected abstract Task WriteBatchAsync(IReadOnlyList<TItem> batch, CancellationToken cancellationToken);

    /// <summary>Completes once the item is committed. It is written also when the caller waits no longer.</summary>
    protected async Task WriteAsync(TItem item, CancellationToken cancellationToken)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await AskAsync(new Request(item, done), cancellationToken);
        await done.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Completes once the item waits for its turn; when it cannot be written the writer ends.</summary>
    protected Task PostAsync(TItem item, CancellationToken cancellationToken) =>
        AskAsync(new Request(item, Done: null), cancellationToken);

    /// <summary>As <see cref="PostAsync"/>, but passes it over while too much waits or the writer has ended.</summary>
    protected void TryPost(TItem item) => requests.Writer.TryWrite(new Request(item, Done: null));

    private async Task AskAsync(Request request, CancellationToken cancellationToken)
    {
        try
        {
            await requests.Writer.WriteAsync(request, cancellationToken);
        }
        catch (ChannelClosedException)
        {
            throw new NotLeaderException(Store.Log.Status.Leader);
        }
    }

    private List<Request> TakeAll()
    {
        var taken = new List<Request>();
        while (requests.Reader.TryRead(out var request))
            taken.Add(request);
        return taken;
    }

    private async Task CommitAsync(List<Request> batch, CancellationToken cancellationToken)
    {
        try
        {
            await WriteBatchAsync([.. batch.Select(request => request.Item)], cancellationToken);
            batch.ForEach(request => request.Done?.TrySetResult());
        }
        catch (TooLargeException) when (batch.Count > 1)
        {
            await CommitEachAsync(batch, cancellationToken);
        }
#pragma warning disable CA1031 // Goes to each of those that wait; the node asks again.
        catch (Exception e)
#pragma warning restore CA1031
        {
            batch.ForEach(request => request.Done?.TrySetException(e));
            cancellationToken.ThrowIfCancellationRequested();
            if (e is NotLeaderException || batch.Exists(request => request.Done is null))
                throw;
        }
    }

    // One's fault is not the others'.
    private async Task CommitEachAsync(List<Request> batch, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var request in batch)
                await CommitAsync([request], cancellationToken);
        }
        catch (Exception e)
        {
            batch.ForEach(request => request.Done?.TrySetException(e));
            throw;
        }
    }
}
