namespace Orchestrator.Images;

/// <summary>One lock a key: who works on the same thing waits, others pass. Keys nobody holds take no memory.</summary>
internal sealed class KeyedLock<TKey> where TKey : notnull
{
    private readonly Dictionary<TKey, Entry> entries = [];

    public async Task<IDisposable> EnterAsync(TKey key, CancellationToken cancellationToken)
    {
        Entry? entry;
        lock (entries)
        {
            if (!entries.TryGetValue(key, out entry))
                entries[key] = entry = new Entry();
            entry.Users++;
        }

        try
        {
            await entry.Turn.WaitAsync(cancellationToken);
        }
        catch
        {
            Leave(key, entry, held: false);
            throw;
        }

        return new Holder(() => Leave(key, entry, held: true));
    }

    private void Leave(TKey key, Entry entry, bool held)
    {
        lock (entries)
        {
            if (held)
                entry.Turn.Release();
            if (--entry.Users > 0)
                return;
            entries.Remove(key);
        }

        entry.Turn.Dispose();
    }

    private sealed class Entry
    {
        public SemaphoreSlim Turn { get; } = new(1, 1);

        public int Users { get; set; }
    }

    private sealed class Holder(Action leave) : IDisposable
    {
        private Action? once = leave;

        public void Dispose() => Interlocked.Exchange(ref once, null)?.Invoke();
    }
}
