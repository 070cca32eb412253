using Orchestrator.Raft;
using Orchestrator.Store.Log;

namespace Orchestrator.Store.Host;

/// <summary>
/// The thread that waits for the disk, so that the loop never does. One write is under way at a time; what comes up
/// meanwhile is gathered by the core into the next.
/// </summary>
internal sealed class LogWriter : IDisposable
{
    private readonly Queue<Action> work = [];
    private readonly RaftLogStore log;
    private readonly Action<ulong> written;
    private readonly Action<Exception> failed;
    private readonly Thread thread;
    private bool closed;

    /// <param name="log">Owned from now on.</param>
    /// <param name="written">Gets the token of each batch once it is on disk.</param>
    /// <param name="failed">The disk did not do as told; nothing is written any more.</param>
    public LogWriter(RaftLogStore log, Action<ulong> written, Action<Exception> failed)
    {
        (this.log, this.written, this.failed) = (log, written, failed);
        thread = new Thread(Run) { IsBackground = true, Name = "raft-log" };
        thread.Start();
    }

    public void Write(AppendBatch batch) => Enqueue(() =>
    {
        log.Write(batch);
        written(batch.Token);
    });

    public void Compact(ulong index) => Enqueue(() => log.Compact(index));

    public void Dispose()
    {
        lock (work)
        {
            closed = true;
            Monitor.Pulse(work);
        }

        thread.Join();
        log.Dispose();
    }

    private void Enqueue(Action item)
    {
        lock (work)
        {
            work.Enqueue(item);
            Monitor.Pulse(work);
        }
    }

    private void Run()
    {
        try
        {
            while (Next() is { } item)
                item();
        }
        // Whatever it was: what is on disk is unknown now, and a second try could make it look well.
#pragma warning disable CA1031
        catch (Exception e)
#pragma warning restore CA1031
        {
            failed(e);
        }
    }

    private Action? Next()
    {
        lock (work)
        {
            while (work.Count == 0 && !closed)
                Monitor.Wait(work);
            return closed ? null : work.Dequeue();
        }
    }
}
