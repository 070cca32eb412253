namespace Orchestrator.Store.Watching;

/// <summary>
/// The newest commit records, in a ring. Publishing costs the same whatever the number of watchers: a watcher is only a
/// position, and one that falls behind the ring's floor is told so instead of making the server remember for it.
/// </summary>
internal sealed class WatchRing
{
    private readonly Lock gate = new();
    private readonly Queue<long> sizes = [];
    private readonly CommitRecord?[] records;
    private readonly long byteLimit;
    private long first;
    private long next;
    private long bytes;
    private ulong floor;
    private ulong last;
    private TaskCompletionSource published = NewSignal();

    public WatchRing(WatchOptions options)
    {
        records = new CommitRecord?[options.Records];
        byteLimit = options.Bytes;
    }

    /// <summary>Appends a record; one writer only.</summary>
    public void Publish(CommitRecord record, long size)
    {
        TaskCompletionSource wake;
        lock (gate)
        {
            if (record.PreviousIndex != last || record.Index <= last)
                throw new InvalidOperationException(
                    $"record {record.Index} follows {record.PreviousIndex}, not {last}");
            while (next - first == records.Length || (next > first && bytes + size > byteLimit))
                DropOldest();
            records[next++ % records.Length] = record;
            sizes.Enqueue(size);
            bytes += size;
            last = record.Index;
            wake = published;
            published = NewSignal();
        }

        wake.TrySetResult();
    }

    /// <summary>The first record after <paramref name="index"/>, or null when it is yet to come.</summary>
    /// <param name="more">Completes when there is more to see; to be awaited after null.</param>
    /// <exception cref="CompactedException">Some records after <paramref name="index"/> are gone.</exception>
    public CommitRecord? After(ulong index, out Task more)
    {
        lock (gate)
        {
            more = published.Task;
            if (index < floor)
                throw new CompactedException(index);
            return index >= last ? null : Search(index);
        }
    }

    private CommitRecord Search(ulong index)
    {
        var (low, high) = (first, next - 1);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            if (At(middle).Index > index)
                high = middle;
            else
                low = middle + 1;
        }

        return At(low);
    }

    private CommitRecord At(long position) => records[position % records.Length]!;

    private void DropOldest()
    {
        floor = At(first).Index;
        records[first++ % records.Length] = null;
        bytes -= sizes.Dequeue();
    }

    // Continuations run elsewhere: the publisher is the log's own thread.
    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
