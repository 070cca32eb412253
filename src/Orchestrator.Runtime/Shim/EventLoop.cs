using System.Collections.Concurrent;
using Orchestrator.Linux.Io;

namespace Orchestrator.Runtime.Shim;

/// <summary>One thread, one epoll: handlers run one at a time, so what they share needs no lock.</summary>
internal sealed class EventLoop : IDisposable
{
    /// <summary>Milliseconds without an event: soon after the start, and not too often later.</summary>
    private const long FirstRest = 1_000, LaterRest = 5_000;

    private const long CollectEvery = 4 << 20, FullEvery = 8;

    private readonly Epoll epoll = new();
    private readonly FileDescriptor wake = FileDescriptor.Event();
    private readonly ConcurrentQueue<Action> posted = new();
    private long rest = FirstRest;
    private long lastEvent = Environment.TickCount64;
    private bool isActive = true;
    private long collectAt = CollectEvery;
    private long collections;
    private readonly Dictionary<long, Action<PollEvents>> handlers = [];
    private readonly PriorityQueue<Action, long> timers = new();
    private long lastKey;

    public EventLoop() => Add(wake, PollEvents.In, _ => RunPosted());

    /// <summary>Called when nothing has happened for a while, once after each time that something has.</summary>
    public Action? Resting { get; set; }

    /// <summary>What handlers read into: what they keep of it they copy.</summary>
    public byte[] Buffer { get; } = GC.AllocateUninitializedArray<byte>(64 << 10);

    public bool Stopped { get; private set; }

    public Watch Add(FileDescriptor file, PollEvents events, Action<PollEvents> handler) =>
        Add(file.Fd, events, handler);

    public Watch Add(int fd, PollEvents events, Action<PollEvents> handler)
    {
        var key = ++lastKey;
        epoll.Watch(fd, events, key);
        handlers[key] = handler;
        return new Watch(this, fd, key, events);
    }

    /// <summary>Runs once, after at least this long.</summary>
    public void After(TimeSpan delay, Action action) =>
        timers.Enqueue(action, Environment.TickCount64 + (long)delay.TotalMilliseconds);

    /// <summary>Runs soon, on the loop's thread. May be called from any.</summary>
    public void Post(Action action)
    {
        Span<byte> one = [1, 0, 0, 0, 0, 0, 0, 0];
        posted.Enqueue(action);
        lock (posted)
        {
            if (!wake.IsClosed)
                wake.Write(one);
        }
    }

    public void Stop() => Stopped = true;

    public void Run()
    {
        var ready = new (long Key, PollEvents Events)[32];
        while (!Stopped)
        {
            var count = epoll.Wait(Timeout(), ready);
            for (var i = 0; i < count && !Stopped; i++)
            {
                // A handler before this one may have removed it.
                if (handlers.TryGetValue(ready[i].Key, out var handler))
                    handler(ready[i].Events);
            }

            while (timers.TryPeek(out var action, out var due) && due <= Environment.TickCount64)
            {
                timers.Dequeue();
                action();
            }

            CollectIfDue();
            Rest(count > 0);
        }
    }

    public void Dispose()
    {
        epoll.Dispose();
        lock (posted)
            wake.Dispose();
    }

    /// <summary>Timers do not count: they are what happens when nothing does.</summary>
    private void Rest(bool somethingHappened)
    {
        if (somethingHappened)
        {
            isActive = true;
            lastEvent = Environment.TickCount64;
        }
        else if (isActive && Environment.TickCount64 - lastEvent >= rest)
        {
            isActive = false;
            rest = LaterRest;
            Resting?.Invoke();
        }
    }

    /// <summary>Left alone, the collector waits for a share of the processor's cache to fill: 40 MB of frames that were
    /// sent long ago.</summary>
    private void CollectIfDue()
    {
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        if (allocated < collectAt)
            return;
        collectAt = allocated + CollectEvery;
        var generation = ++collections % FullEvery == 0 ? GC.MaxGeneration : 1;
        GC.Collect(generation, GCCollectionMode.Forced, blocking: true, compacting: false);
    }

    private void RunPosted()
    {
        Span<byte> count = stackalloc byte[8];
        wake.Read(count);
        while (posted.TryDequeue(out var action))
            action();
    }

    private int Timeout()
    {
        var now = Environment.TickCount64;
        var limit = isActive ? Math.Max(0, lastEvent + rest - now) : int.MaxValue;
        if (timers.TryPeek(out _, out var due))
            limit = Math.Clamp(due - now, 0, limit);
        return limit == int.MaxValue ? -1 : (int)limit;
    }

    /// <summary>One watched descriptor. Dispose before closing it.</summary>
    internal sealed class Watch(EventLoop loop, int fd, long key, PollEvents current) : IDisposable
    {
        private PollEvents events = current;

        public void Want(PollEvents wanted)
        {
            if (wanted == events || !loop.handlers.ContainsKey(key))
                return;
            loop.epoll.Change(fd, wanted, key);
            events = wanted;
        }

        public void Dispose()
        {
            if (loop.handlers.Remove(key))
                loop.epoll.Forget(fd);
        }
    }
}
