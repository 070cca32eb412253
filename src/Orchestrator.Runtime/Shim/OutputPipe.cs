using Orchestrator.Linux;
using Orchestrator.Linux.Io;

namespace Orchestrator.Runtime.Shim;

/// <summary>One output of a process, read until its last writer is gone.</summary>
internal sealed class OutputPipe : IDisposable
{
    public delegate void Receiver(ReadOnlySpan<byte> bytes);

    /// <summary>What a pipe can hold of the dead: more than this comes from somebody alive.</summary>
    public const int PipeBytes = 1 << 20;

    private readonly FileDescriptor source;
    private readonly EventLoop loop;
    private readonly Receiver received;
    private readonly Action ended;
    private EventLoop.Watch? watch;

    /// <param name="source">Non-blocking; owned.</param>
    public OutputPipe(EventLoop loop, FileDescriptor source, Receiver received, Action ended) =>
        (this.loop, this.source, this.received, this.ended) = (loop, source, received, ended);

    public bool Closed { get; private set; }

    /// <summary>False: what the process writes waits in the kernel, and then the process does.</summary>
    public void SetReading(bool wanted)
    {
        if (Closed)
            return;
        if (watch is null && wanted)
            watch = loop.Add(source, PollEvents.In, _ => Read());
        else if (!wanted)
            Unwatch(); // Not merely "no events": epoll tells of a hang-up at any rate, over and over.
    }

    /// <summary>Takes what is there, of a process that has ended, and no more.</summary>
    public void ReadRest()
    {
        for (var rest = PipeBytes; rest > 0 && !Closed;)
        {
            var count = Read();
            if (count <= 0)
                break;
            rest -= count;
        }

        Dispose();
    }

    public void Dispose()
    {
        if (Closed)
            return;
        Closed = true;
        Unwatch();
        source.Dispose();
        ended();
    }

    private void Unwatch()
    {
        watch?.Dispose();
        watch = null;
    }

    private int Read()
    {
        int count;
        try
        {
            count = source.Read(loop.Buffer);
        }
        catch (LinuxException e) when (e.Errno == Errno.EIO)
        {
            count = 0; // A terminal whose last user is gone.
        }

        if (count > 0)
            received(loop.Buffer.AsSpan(0, count));
        else if (count == 0)
            Dispose();
        return count;
    }
}
