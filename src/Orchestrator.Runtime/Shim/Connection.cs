using Orchestrator.Linux;
using Orchestrator.Linux.Io;

namespace Orchestrator.Runtime.Shim;

/// <summary>A client's socket: bytes in by callback, bytes out through a bounded queue.</summary>
internal sealed class Connection : IDisposable
{
    /// <summary>
    /// A client this far behind is cut off: it must not hold up the container, nor fill the shim's memory.
    /// </summary>
    private const int MaxQueued = 8 << 20;

    /// <summary>What a piece of it costs besides its bytes.</summary>
    private const int PieceOverhead = 128;

    private readonly EventLoop loop;
    private readonly EventLoop.Watch watch;
    private readonly LinkedList<ReadOnlyMemory<byte>> outgoing = [];
    private int queued;
    private bool closeWhenSent;
    private bool reading = true;
    private bool ended;

    public Connection(EventLoop loop, FileDescriptor socket)
    {
        this.loop = loop;
        Socket = socket;
        watch = loop.Add(socket, PollEvents.In | PollEvents.ReadHangUp, OnReady);
    }

    public FileDescriptor Socket { get; }

    public bool Closed { get; private set; }

    /// <summary>It is waited for, however slow it is: never cut off.</summary>
    public bool IsWaitedFor { get; set; }

    /// <summary>Bytes that the client has not taken yet.</summary>
    public int Queued => queued;

    /// <summary>Called each time the client has taken some of them.</summary>
    public Action? Taken { get; set; }

    /// <summary>Gets what arrives. The memory is only good until it returns.</summary>
    public Action<ReadOnlyMemory<byte>>? Received { get; set; }

    /// <summary>The client will send no more; it may still listen.</summary>
    public Action? Ended { get; set; }

    /// <summary>Called once, when the connection is gone for whatever reason.</summary>
    public Action? Gone { get; set; }

    public void Send(ReadOnlyMemory<byte> bytes)
    {
        if (Closed || closeWhenSent)
            return;
        outgoing.AddLast(bytes);
        queued += bytes.Length + PieceOverhead;
        Flush();
        if (queued > MaxQueued && !IsWaitedFor)
            Dispose();
    }

    public void CloseWhenSent()
    {
        closeWhenSent = true;
        Flush();
    }

    /// <summary>Stops or resumes reading: what the client sends then waits in the kernel.</summary>
    public void SetReading(bool wanted)
    {
        reading = wanted;
        Rewatch();
    }

    public void Dispose()
    {
        if (Closed)
            return;
        Closed = true;
        watch.Dispose();
        Socket.Dispose();
        Gone?.Invoke();
    }

    private void OnReady(PollEvents events)
    {
        try
        {
            if (events.HasFlag(PollEvents.Out))
            {
                Flush();
                Taken?.Invoke();
            }

            if ((events & (PollEvents.HangUp | PollEvents.Error)) != 0)
                HungUp();
            else if (!Closed && (events & (PollEvents.In | PollEvents.ReadHangUp)) != 0 && reading && !ended)
                Receive();
        }
        catch (LinuxException)
        {
            Dispose(); // Reset by the client: its own business.
        }
    }

    /// <summary>The client is gone, but what it sent before may still be there to read.</summary>
    private void HungUp()
    {
        int count;
        while (!Closed && !ended && (count = Socket.Read(loop.Buffer)) > 0)
            Received?.Invoke(loop.Buffer.AsMemory(0, count));
        Dispose();
    }

    private void Receive()
    {
        var count = Socket.Read(loop.Buffer);
        if (count > 0)
        {
            Received?.Invoke(loop.Buffer.AsMemory(0, count));
        }
        else if (count == 0)
        {
            ended = true;
            Rewatch();
            Ended?.Invoke();
        }
    }

    private void Flush()
    {
        try
        {
            while (!Closed && outgoing.First is { } next)
            {
                var written = Socket.Write(next.Value.Span);
                if (written < 0)
                    break;
                queued -= written;
                next.Value = next.Value[written..];
                if (!next.Value.IsEmpty)
                    continue;
                queued -= PieceOverhead;
                outgoing.RemoveFirst();
            }
        }
        catch (LinuxException)
        {
            Dispose();
        }

        if (closeWhenSent && outgoing.Count == 0)
            Dispose();
        else
            Rewatch();
    }

    private void Rewatch()
    {
        if (!Closed)
            watch.Want(
                (reading && !ended ? PollEvents.In | PollEvents.ReadHangUp
                : 0) | (outgoing.Count > 0 ? PollEvents.Out : 0));
    }
}
