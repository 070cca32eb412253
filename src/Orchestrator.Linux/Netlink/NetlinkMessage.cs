using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;

namespace Orchestrator.Linux.Netlink;

/// <summary>One netlink message being written: header, a fixed struct, then attributes, nested where wanted.</summary>
/// <remarks>Numbers are of the machine's byte order, as the kernel expects. Source: netlink(7),
/// linux/netlink.h.</remarks>
internal sealed class NetlinkMessage
{
    public const int HeaderSize = 16;
    private const ushort NLA_F_NESTED = 1 << 15;

    private byte[] buffer = new byte[256];
    private int length = HeaderSize;

    /// <param name="operation">What this message asks for, in words for an error: <c>add address 10.0.0.1/24 to
    /// orch0</c>.</param>
    public NetlinkMessage(ushort type, NetlinkFlags flags, string operation)
    {
        Operation = operation;
        BinaryPrimitives.WriteUInt16LittleEndian(buffer.AsSpan(4), type);
        Flags = flags | NetlinkFlags.Request;
    }

    public string Operation { get; }

    public NetlinkFlags Flags { get; }

    /// <summary>Errnos that count as success, such as EEXIST for "make sure it is there".</summary>
    public Errno[] Tolerated { get; init; } = [];

    /// <summary>Adds a fixed struct.</summary>
    public NetlinkMessage Struct<T>(T value) where T : unmanaged
    {
        MemoryMarshal.Write(Take(Marshal.SizeOf<T>()), in value);
        return this;
    }

    /// <summary>Adds a fixed struct that was written by hand.</summary>
    public NetlinkMessage Struct(ReadOnlySpan<byte> value)
    {
        value.CopyTo(Take(value.Length));
        return this;
    }

    public NetlinkMessage Add(int type, ReadOnlySpan<byte> value)
    {
        var header = Take(4);
        BinaryPrimitives.WriteUInt16LittleEndian(header, (ushort)(4 + value.Length));
        BinaryPrimitives.WriteUInt16LittleEndian(header[2..], (ushort)type);
        value.CopyTo(Take(value.Length));
        return this;
    }

    public NetlinkMessage Add(int type, byte value) => Add(type, [value]);

    public NetlinkMessage Add(int type, int value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        return Add(type, bytes);
    }

    public NetlinkMessage AddUInt16(int type, ushort value)
    {
        Span<byte> bytes = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, value);
        return Add(type, bytes);
    }

    public NetlinkMessage AddUnless(bool absent, int type, int value) => absent ? this : Add(type, value);

    public NetlinkMessage AddBigEndian(int type, ushort value)
    {
        Span<byte> bytes = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, value);
        return Add(type, bytes);
    }

    public NetlinkMessage AddBigEndian(int type, int value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return Add(type, bytes);
    }

    public NetlinkMessage Add(int type, string value) => Add(type, Encoding.UTF8.GetBytes(value + "\0"));

    public NetlinkMessage Add(int type, IPAddress value) => Add(type, value.GetAddressBytes());

    public NetlinkMessage Add(int type, MacAddress value) => Add(type, value.ToBytes());

    /// <summary>Adds an attribute whose content is what <paramref name="content"/> adds.</summary>
    public NetlinkMessage Nest(int type, Action<NetlinkMessage> content)
    {
        var start = length;
        var header = Take(4);
        BinaryPrimitives.WriteUInt16LittleEndian(header[2..], (ushort)(type | NLA_F_NESTED));
        content(this);
        BinaryPrimitives.WriteUInt16LittleEndian(buffer.AsSpan(start), (ushort)(length - start));
        return this;
    }

    /// <summary>The bytes to send, numbered and with the flags given.</summary>
    public ReadOnlySpan<byte> Seal(uint sequence, NetlinkFlags flags)
    {
        BinaryPrimitives.WriteInt32LittleEndian(buffer, length);
        BinaryPrimitives.WriteUInt16LittleEndian(buffer.AsSpan(6), (ushort)flags);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer.AsSpan(8), sequence);
        return buffer.AsSpan(0, length);
    }

    /// <summary>Room for so many bytes, zeroed, the next one aligned to four.</summary>
    private Span<byte> Take(int count)
    {
        var end = length + ((count + 3) & ~3);
        if (end > buffer.Length)
            Array.Resize(ref buffer, Math.Max(end, buffer.Length * 2));
        var room = buffer.AsSpan(length, count);
        length = end;
        return room;
    }
}
