using System.Runtime.InteropServices;

namespace Orchestrator.Linux.Compression;

/// <summary>Decompresses xz through the system's library (Debian: liblzma5), streams after one another too.</summary>
/// <remarks>Source: lzma/base.h and lzma/container.h of 5.4.</remarks>
public sealed unsafe partial class XzStream : DecompressingStream
{
    /// <summary>What <c>xz -9</c> needs is half of this; a header that asks for gigabytes is refused.</summary>
    private const ulong MaxMemory = 128 << 20;

    private const uint Concatenated = 0x08;

    private LzmaStream* state;
    private bool isWhole;

    /// <param name="source">Read, and not disposed.</param>
    /// <exception cref="NotSupportedException">The library is not installed; the message says how to.</exception>
    public XzStream(Stream source) : base(source)
    {
        state = (LzmaStream*)NativeMemory.AllocZeroed((nuint)sizeof(LzmaStream));
        try
        {
            if (lzma_stream_decoder(state, MaxMemory, Concatenated) is not Result.Ok and var result)
                throw Damaged($"liblzma cannot start: {result}");
        }
        catch (DllNotFoundException error)
        {
            NativeMemory.Free(state);
            state = null;
            throw Missing("xz", "liblzma.so.5", "liblzma5", error);
        }
    }

    protected override bool IsWhole => isWhole;

    protected override string Name => "xz";

    protected override int Step(ReadOnlySpan<byte> from, Span<byte> to, bool isLast, out int taken)
    {
        ObjectDisposedException.ThrowIf(state == null, this);
        taken = 0;
        if (isWhole || (from.Length == 0 && !isLast))
            return 0;
        fixed (byte* input = from, output = to)
        {
            state->NextIn = input;
            state->AvailableIn = (nuint)from.Length;
            state->NextOut = output;
            state->AvailableOut = (nuint)to.Length;
            var result = lzma_code(state, isLast ? Action.Finish : Action.Run);
            taken = from.Length - (int)state->AvailableIn;
            var made = to.Length - (int)state->AvailableOut;
            isWhole = result == Result.StreamEnd;
            return result switch
            {
                Result.Ok or Result.StreamEnd => made,
                Result.BufferError when made == 0 => 0, // It can do nothing without more; the base says "cut off".
                Result.MemoryLimit => throw Damaged($"it asks for more than {MaxMemory >> 20} MiB of memory"),
                _ => throw Damaged("the data is damaged"),
            };
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (state != null)
        {
            lzma_end(state);
            NativeMemory.Free(state);
        }

        state = null;
        base.Dispose(disposing);
    }

    ~XzStream() => Dispose(disposing: false);

    private enum Action
    {
        Run = 0,
        Finish = 3,
    }

    private enum Result
    {
        Ok = 0,
        StreamEnd = 1,
        MemoryLimit = 6,
        BufferError = 10,
    }

    /// <summary>The fields of lzma_stream that are ours to set; the library keeps the others.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 136)]
    private struct LzmaStream
    {
        [FieldOffset(0)] public byte* NextIn;
        [FieldOffset(8)] public nuint AvailableIn;
        [FieldOffset(24)] public byte* NextOut;
        [FieldOffset(32)] public nuint AvailableOut;
    }

    [LibraryImport("liblzma.so.5")] private static partial Result lzma_stream_decoder(
        LzmaStream* stream, ulong memoryLimit, uint flags);
    [LibraryImport("liblzma.so.5")] private static partial Result lzma_code(LzmaStream* stream, Action action);
    [LibraryImport("liblzma.so.5")] private static partial void lzma_end(LzmaStream* stream);
}
