namespace Orchestrator.Linux.Compression;

/// <summary>Reads through one of the system's decompressors; what differs between them is one step.</summary>
/// <param name="source">Read, and not disposed.</param>
public abstract class DecompressingStream(Stream source) : Stream
{
    private readonly byte[] input = new byte[128 * 1024];
    private int start;
    private int end;
    private bool isAtEnd;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        while (true)
        {
            if (TryStep(buffer, out var made))
                return made;
            Fill(source.Read(input));
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            if (TryStep(buffer.Span, out var made))
                return made;
            Fill(await source.ReadAsync(input, cancellationToken).ConfigureAwait(false));
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <summary>Whether what was taken so far is a whole stream, or several.</summary>
    protected abstract bool IsWhole { get; }

    /// <summary>As errors call it.</summary>
    protected abstract string Name { get; }

    /// <summary>Decompresses what is at hand.</summary>
    /// <param name="isLast">Nothing follows <paramref name="from"/>.</param>
    /// <param name="taken">How many bytes of <paramref name="from"/> are done with.</param>
    /// <returns>How many bytes were made.</returns>
    protected abstract int Step(ReadOnlySpan<byte> from, Span<byte> to, bool isLast, out int taken);

    protected InvalidDataException Damaged(string why) => new($"{Name}: {why}");

    /// <returns>False: more input is wanted first.</returns>
    private bool TryStep(Span<byte> buffer, out int made)
    {
        made = 0;
        if (buffer.Length == 0)
            return true;
        while (true)
        {
            made = Step(input.AsSpan(start, end - start), buffer, isAtEnd, out var taken);
            start += taken;
            if (made > 0)
                return true;
            if (taken == 0 || start == end)
                break;
        }

        if (start < end)
            throw Damaged("the data makes no sense");
        if (isAtEnd && !IsWhole)
            throw Damaged("the data is cut off");
        return isAtEnd;
    }

    private void Fill(int read) => (start, end, isAtEnd) = (0, read, read == 0);

    /// <exception cref="NotSupportedException">Always; the message says how to get the library.</exception>
    protected static NotSupportedException Missing(string what, string library, string package, Exception inner) =>
        new($"{what} needs {library}: install it (Debian: apt install {package})", inner);
}
