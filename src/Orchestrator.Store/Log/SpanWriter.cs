using System.Buffers;
using System.Buffers.Binary;

namespace Orchestrator.Store.Log;

/// <summary>Little-endian values into a growing buffer.</summary>
internal sealed class SpanWriter
{
    private readonly ArrayBufferWriter<byte> buffer = new(4096);

    public int Length => buffer.WrittenCount;

    public ReadOnlySpan<byte> Written => buffer.WrittenSpan;

    public void Clear() => buffer.ResetWrittenCount();

    public void U8(byte value) => buffer.Write([value]);

    public void U32(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(buffer.GetSpan(4), value);
        buffer.Advance(4);
    }

    public void U64(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(buffer.GetSpan(8), value);
        buffer.Advance(8);
    }

    public void Bytes(ReadOnlySpan<byte> value) => buffer.Write(value);

    public void Zeros(int count)
    {
        buffer.GetSpan(count)[..count].Clear();
        buffer.Advance(count);
    }
}

/// <summary>The counterpart; reading past the end throws <see cref="ArgumentOutOfRangeException"/>.</summary>
internal ref struct SpanReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> rest = bytes;

    public readonly int Left => rest.Length;

    public byte U8() => Take(1)[0];

    public uint U32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    public ulong U64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    public ReadOnlySpan<byte> Take(int count)
    {
        var taken = rest[..count];
        rest = rest[count..];
        return taken;
    }
}
