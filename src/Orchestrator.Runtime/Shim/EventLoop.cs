using Orchestrator.Linux.Io;

namespace Orchestrator.Runtime.Shim;

/// <summary>One thread, one epoll: handlers run one at a time, so nothing in a shim needs a lock.</summary>
internal sealed class EventLoop : IDisposable
{
    private readonly Epoll epoll = new();
    private readonly Dictionary<long, Action<PollEvents>> handlers = [];
    private readonly PriorityQueue<Action, long> timers = new();
    private long lastKey;

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
        }
    }

    public void Dispose() => epoll.Dispose();

    private int Timeout() => timers.TryPeek(out _, out var due)
        ? (int)Math.Clamp(due - Environment.TickCount64, 0, int.MaxValue)
        : -1;

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
