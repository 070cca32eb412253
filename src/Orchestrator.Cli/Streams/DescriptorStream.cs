using Orchestrator.Linux.Io;

namespace Orchestrator.Cli.Streams;

/// <summary>One of the process's standard streams: plain read and write, at the file's own offset.</summary>
/// <remarks>
/// FileStream keeps an offset of its own, and overwrites what others append to the same file; Console's streams read a
/// terminal by lines and change its settings.
/// </remarks>
internal sealed class DescriptorStream(int fd) : OneWayStream
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(2);

    private readonly FileDescriptor _file = FileDescriptor.Borrow(fd);

    public override int Read(Span<byte> buffer)
    {
        while (true)
        {
            var count = _file.Read(buffer);
            if (count >= 0) return count;
            // Whoever shares the terminal with us made it non-blocking; that is rare, so waiting may be simple.
            Thread.Sleep(Pause);
        }
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            var count = _file.Write(buffer);
            if (count < 0) Thread.Sleep(Pause);
            else buffer = buffer[count..];
        }
    }
}
