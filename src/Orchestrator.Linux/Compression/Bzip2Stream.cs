using System.Runtime.InteropServices;

namespace Orchestrator.Linux.Compression;

/// <summary>Decompresses bzip2 through the system's library (Debian: libbz2-1.0), streams after one another too.</summary>
/// <remarks>Source: bzlib.h of 1.0.8.</remarks>
public sealed unsafe partial class Bzip2Stream : DecompressingStream
{
    private const int Ok = 0, StreamEnd = 4;

    private BzStream* state;
    private bool isWhole;

    /// <param name="source">Read, and not disposed.</param>
    /// <exception cref="NotSupportedException">The library is not installed; the message says how to.</exception>
    public Bzip2Stream(Stream source) : base(source)
    {
        state = (BzStream*)NativeMemory.AllocZeroed((nuint)sizeof(BzStream));
        try
        {
            Begin();
        }
        catch (DllNotFoundException error)
        {
            NativeMemory.Free(state);
            state = null;
            throw Missing("bzip2", "libbz2.so.1.0", "libbz2-1.0", error);
        }
    }

    protected override bool IsWhole => isWhole;

    protected override string Name => "bzip2";

    protected override int Step(ReadOnlySpan<byte> from, Span<byte> to, bool isLast, out int taken)
    {
        ObjectDisposedException.ThrowIf(state == null, this);
        taken = 0;
        if (from.Length == 0 && (isWhole || isLast))
            return 0;
        if (isWhole)
        {
            _ = BZ2_bzDecompressEnd(state); // Another stream follows: parallel compressors write many.
            Begin();
        }

        fixed (byte* input = from, output = to)
        {
            state->NextIn = input;
            state->AvailableIn = (uint)from.Length;
            state->NextOut = output;
            state->AvailableOut = (uint)to.Length;
            var result = BZ2_bzDecompress(state);
            if (result is not (Ok or StreamEnd))
                throw Damaged("the data is damaged");
            isWhole = result == StreamEnd;
            taken = from.Length - (int)state->AvailableIn;
            return to.Length - (int)state->AvailableOut;
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (state != null)
        {
            _ = BZ2_bzDecompressEnd(state);
            NativeMemory.Free(state);
        }

        state = null;
        base.Dispose(disposing);
    }

    ~Bzip2Stream() => Dispose(disposing: false);

    private void Begin()
    {
        *state = default;
        isWhole = false;
        if (BZ2_bzDecompressInit(state, verbosity: 0, small: 0) != Ok)
            throw Damaged("libbz2 cannot start");
    }

    /// <summary>The fields of bz_stream that are ours to set; the library keeps the others.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 80)]
    private struct BzStream
    {
        [FieldOffset(0)] public byte* NextIn;
        [FieldOffset(8)] public uint AvailableIn;
        [FieldOffset(24)] public byte* NextOut;
        [FieldOffset(32)] public uint AvailableOut;
    }

    [LibraryImport("libbz2.so.1.0")] private static partial int BZ2_bzDecompressInit(
        BzStream* stream, int verbosity, int small);
    [LibraryImport("libbz2.so.1.0")] private static partial int BZ2_bzDecompress(BzStream* stream);
    [LibraryImport("libbz2.so.1.0")] private static partial int BZ2_bzDecompressEnd(BzStream* stream);
}
