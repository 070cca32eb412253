namespace Orchestrator.Runtime.Shim.Logs;

/// <summary>Pages on their way from the event loop, which fills them, to the thread that writes them.</summary>
internal sealed class LogQueue
{
    private const int KeptPages = 4;

    private readonly object gate = new();
    private readonly Queue<LogPage> full = [];
    private readonly Stack<LogPage> empty = [];
    private LogPage? last;
    private int bytes;
    private bool closed;

    /// <summary>Bytes handed over and not yet written.</summary>
    public int Bytes => Volatile.Read(ref bytes);

    /// <summary>A page to fill: the last one handed over if it still waits, so that drops make no pages of their own.
    /// </summary>
    public LogPage Borrow()
    {
        lock (gate)
        {
            if (last is not { } waiting)
                return Fresh();
            bytes -= waiting.Length;
            last = null;
            return waiting;
        }
    }

    /// <summary>An empty page to fill.</summary>
    public LogPage Fresh()
    {
        lock (gate)
            return empty.TryPop(out var page) ? page : new LogPage(LogPage.UsualSize);
    }

    public void Add(LogPage page)
    {
        lock (gate)
        {
            if (last is not null)
                full.Enqueue(last);
            last = page;
            bytes += page.Length;
            Monitor.Pulse(gate);
        }
    }

    /// <summary>No more will come.</summary>
    public void Close()
    {
        lock (gate)
        {
            closed = true;
            Monitor.Pulse(gate);
        }
    }

    /// <summary>Waits for a page; null: all have been taken and no more will come.</summary>
    public LogPage? Take()
    {
        lock (gate)
        {
            while (true)
            {
                if (full.TryDequeue(out var page))
                    return page;
                if (last is { } only)
                {
                    last = null;
                    return only;
                }

                if (closed)
                    return null;
                Monitor.Wait(gate);
            }
        }
    }

    /// <summary>Gives back a page that has been written.</summary>
    public void Return(LogPage page)
    {
        lock (gate)
        {
            bytes -= page.Length;
            page.Clear();
            if (page.IsUsual && empty.Count < KeptPages)
                empty.Push(page);
        }
    }

    /// <summary>Lets go of what is kept for the next burst.</summary>
    public void Trim()
    {
        lock (gate)
            empty.Clear();
    }
}
