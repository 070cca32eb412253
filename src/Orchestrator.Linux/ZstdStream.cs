using System.Runtime.InteropServices;

namespace Orchestrator.Linux;

/// <summary>Decompresses zstd through the system's library (Debian: libzstd1).</summary>
/// <remarks>
/// Source: zstd.h of 1.5, "Streaming decompression". The window is held to the library's default of 128 MiB.
/// </remarks>
public sealed partial class ZstdStream : Stream
{
    private readonly Stream source;
    private readonly byte[] input = new byte[128 * 1024];
    private nint context;
    private int start;
    private int end;
    private nuint hint;

    /// <param name="source">Read, and not disposed.</param>
    /// <exception cref="NotSupportedException">The library is not installed; the message says how to.</exception>
    public ZstdStream(Stream source)
    {
        this.source = source;
        try
        {
            context = ZSTD_createDStream();
        }
        catch (DllNotFoundException error)
        {
            throw new NotSupportedException(
                "zstd needs libzstd.so.1: install it (Debian: apt install libzstd1)", error);
        }
    }

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
            if (Step(buffer) is > 0 and var made)
                return made;
            end = source.Read(input);
            start = 0;
            if (end == 0)
                return AtEnd();
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            if (Step(buffer.Span) is > 0 and var made)
                return made;
            end = await source.ReadAsync(input, cancellationToken).ConfigureAwait(false);
            start = 0;
            if (end == 0)
                return AtEnd();
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

    protected override void Dispose(bool disposing)
    {
        if (context != 0)
            _ = ZSTD_freeDStream(context);
        context = 0;
        base.Dispose(disposing);
    }

    ~ZstdStream() => Dispose(disposing: false);

    /// <summary>Decompresses what is at hand; zero when the library wants more input first.</summary>
    private unsafe int Step(Span<byte> target)
    {
        ObjectDisposedException.ThrowIf(context == 0, this);
        fixed (byte* from = input, to = target)
        {
            // The library may hold back output after taking all input, so it is asked even then.
            var taken = new Piece { Bytes = from + start, Size = (nuint)(end - start) };
            var made = new Piece { Bytes = to, Size = (nuint)target.Length };
            if (taken.Size == 0 && hint == 0)
                return 0;
            hint = ZSTD_decompressStream(context, &made, &taken);
            if (ZSTD_isError(hint) != 0)
                throw new InvalidDataException($"zstd: {Marshal.PtrToStringUTF8(ZSTD_getErrorName(hint))}");
            start += (int)taken.Position;
            return (int)made.Position;
        }
    }

    private int AtEnd() => hint == 0 ? 0 : throw new InvalidDataException("zstd: the data is cut off");

    /// <summary>ZSTD_inBuffer and ZSTD_outBuffer, which have one layout.</summary>
    private unsafe struct Piece
    {
        public byte* Bytes;
        public nuint Size;
        public nuint Position;
    }

    [LibraryImport("libzstd.so.1")] private static partial nint ZSTD_createDStream();
    [LibraryImport("libzstd.so.1")] private static partial nuint ZSTD_freeDStream(nint context);
    [LibraryImport("libzstd.so.1")] private static unsafe partial nuint ZSTD_decompressStream(
        nint context, Piece* output, Piece* input);
    [LibraryImport("libzstd.so.1")] private static partial uint ZSTD_isError(nuint code);
    [LibraryImport("libzstd.so.1")] private static partial nint ZSTD_getErrorName(nuint code);
}
