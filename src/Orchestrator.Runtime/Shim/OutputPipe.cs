using Orchestrator.Linux;
using Orchestrator.Linux.Io;

namespace Orchestrator.Runtime.Shim;

/// <summary>One output of a process, read until its last writer is gone.</summary>
internal sealed class OutputPipe : IDisposable
{
    private readonly FileDescriptor source;
    private readonly EventLoop loop;
    private readonly Action<ReadOnlyMemory<byte>> received;
    private readonly Action ended;
    private EventLoop.Watch? watch;

    /// <param name="source">Non-blocking; owned.</param>
    public OutputPipe(EventLoop loop, FileDescriptor source, Action<ReadOnlyMemory<byte>> received, Action ended) =>
        (this.loop, this.source, this.received, this.ended) = (loop, source, received, ended);

    public bool Closed { get; private set; }

    /// <summary>Until then what the process writes waits in the kernel.</summary>
    public void StartReading()
    {
        if (!Closed)
            watch ??= loop.Add(source, PollEvents.In, _ => Read());
    }

    public void Dispose()
    {
        if (Closed)
            return;
        Closed = true;
        watch?.Dispose();
        source.Dispose();
        ended();
    }

    private void Read()
    {
        // Shared by no one: clients keep slices of it queued.
        var buffer = new byte[16 << 10];
        int count;
        try
        {
            count = source.Read(buffer);
        }
        catch (LinuxException e) when (e.Errno == Errno.EIO)
        {
            count = 0; // A terminal whose last user is gone.
        }

        if (count > 0)
            received(buffer.AsMemory(0, count));
        else if (count == 0)
            Dispose();
    }
}
