using System.Runtime.InteropServices;

namespace Orchestrator.Linux.Compression;

/// <summary>Decompresses zstd through the system's library (Debian: libzstd1).</summary>
/// <remarks>
/// Source: zstd.h of 1.5, "Streaming decompression". The window is held to the library's default of 128 MiB.
/// </remarks>
public sealed partial class ZstdStream : DecompressingStream
{
    private nint context;
    private nuint hint;

    /// <param name="source">Read, and not disposed.</param>
    /// <exception cref="NotSupportedException">The library is not installed; the message says how to.</exception>
    public ZstdStream(Stream source) : base(source)
    {
        try
        {
            context = ZSTD_createDStream();
        }
        catch (DllNotFoundException error)
        {
            throw Missing("zstd", "libzstd.so.1", "libzstd1", error);
        }
    }

    protected override bool IsWhole => hint == 0;

    protected override string Name => "zstd";

    protected override unsafe int Step(ReadOnlySpan<byte> from, Span<byte> to, bool isLast, out int taken)
    {
        ObjectDisposedException.ThrowIf(context == 0, this);
        taken = 0;
        if (from.Length == 0 && hint == 0)
            return 0;
        fixed (byte* input = from, output = to)
        {
            // The library may hold back output after taking all input, so it is asked even then.
            var given = new Piece { Bytes = input, Size = (nuint)from.Length };
            var made = new Piece { Bytes = output, Size = (nuint)to.Length };
            hint = ZSTD_decompressStream(context, &made, &given);
            if (ZSTD_isError(hint) != 0)
                throw Damaged(Marshal.PtrToStringUTF8(ZSTD_getErrorName(hint)) ?? "the data is damaged");
            taken = (int)given.Position;
            return (int)made.Position;
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (context != 0)
            _ = ZSTD_freeDStream(context);
        context = 0;
        base.Dispose(disposing);
    }

    ~ZstdStream() => Dispose(disposing: false);

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
