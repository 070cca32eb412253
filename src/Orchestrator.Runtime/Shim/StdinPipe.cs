using Orchestrator.Linux;
using Orchestrator.Linux.Io;

namespace Orchestrator.Runtime.Shim;

/// <summary>Standard input of a process: what clients send, in order, as fast as the process takes it.</summary>
internal sealed class StdinPipe : IDisposable
{
    private const int HighWater = 64 << 10;

    private readonly FileDescriptor target;
    private readonly bool isTerminal;
    private readonly EventLoop.Watch watch;
    private readonly LinkedList<byte[]> queue = [];
    private readonly HashSet<Connection> paused = [];
    private int queued;
    private bool closing;
    private bool closed;

    /// <param name="target">Non-blocking; owned unless a terminal, whose master has other users.</param>
    public StdinPipe(EventLoop loop, FileDescriptor target, bool isTerminal)
    {
        (this.target, this.isTerminal) = (target, isTerminal);
        watch = loop.Add(target, PollEvents.None, OnReady);
    }

    public void Write(Connection from, ReadOnlySpan<byte> bytes)
    {
        if (closed || closing)
            return;
        queue.AddLast(bytes.ToArray());
        queued += bytes.Length;
        Flush();
        if (queued > HighWater && !closed && paused.Add(from))
            from.SetReading(false);
    }

    /// <summary>Ends the input once all of it is delivered. A terminal has no end of input of its own.</summary>
    public void Close()
    {
        if (isTerminal)
            return;
        closing = true;
        Flush();
    }

    public void Dispose()
    {
        if (closed)
            return;
        closed = true;
        watch.Dispose();
        if (!isTerminal)
            target.Dispose();
        Resume();
    }

    private void OnReady(PollEvents events)
    {
        if ((events & (PollEvents.Error | PollEvents.HangUp)) != 0)
            Dispose(); // The last reader is gone; epoll would say so for ever.
        else
            Flush();
    }

    private void Flush()
    {
        if (closed)
            return;
        try
        {
            while (queue.First is { } next)
            {
                var written = target.Write(next.Value);
                if (written < 0)
                    break;
                queued -= written;
                if (written == next.Value.Length)
                    queue.RemoveFirst();
                else
                    next.Value = next.Value[written..];
            }
        }
        catch (LinuxException)
        {
            Dispose(); // Nobody reads any more.
            return;
        }

        watch.Want(queue.Count > 0 ? PollEvents.Out : PollEvents.None);
        if (queued <= HighWater / 2)
            Resume();
        if (closing && queue.Count == 0)
            Dispose();
    }

    private void Resume()
    {
        foreach (var connection in paused)
            connection.SetReading(true);
        paused.Clear();
    }
}
