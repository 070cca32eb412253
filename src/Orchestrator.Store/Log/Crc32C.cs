using System.Buffers.Binary;
using System.Numerics;

namespace Orchestrator.Store.Log;

/// <summary>CRC-32C (Castagnoli), by the processor's instruction. Detects damage by accident, not by intent.</summary>
internal static class Crc32C
{
    public static uint Of(ReadOnlySpan<byte> bytes, uint seed = 0)
    {
        var crc = ~seed;
        for (; bytes.Length >= 8; bytes = bytes[8..])
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (var b in bytes)
            crc = BitOperations.Crc32C(crc, b);
        return ~crc;
    }
}
