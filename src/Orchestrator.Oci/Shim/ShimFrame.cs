using System.Buffers.Binary;

namespace Orchestrator.Oci.Shim;

/// <summary>What a frame asks for or answers. Numbers are the wire's and never reused.</summary>
#pragma warning disable CA1028 // One byte on the wire.
public enum ShimCall : byte
{
    State = 1,
    Start = 2,
    Signal = 3,
    Wait = 4,
    Exec = 5,
    Resize = 6,
    Attach = 7,
    CloseStdin = 8,
    Pause = 9,
    Resume = 10,
    Update = 11,
    Stats = 12,
    Delete = 13,
    Ok = 128,
    Error = 129,
}
#pragma warning restore CA1028

/// <summary>
/// The envelope of the shim's wire: length of what follows (u32, little endian), version, call, body.
/// </summary>
/// <remarks>
/// The length counts version, call and body; a body is JSON of the call's record. See docs/design/shim.md.
/// </remarks>
public static class ShimFrame
{
    public const byte Version = 1;

    public const int HeaderSize = 6;

    /// <summary>A frame beyond this is refused: nothing said on this wire is nearly as long.</summary>
    public const int MaxBody = 4 << 20;

    public static byte[] Encode(ShimCall call, ReadOnlySpan<byte> body)
    {
        var frame = new byte[HeaderSize + body.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(frame, (uint)(body.Length + 2));
        frame[4] = Version;
        frame[5] = (byte)call;
        body.CopyTo(frame.AsSpan(HeaderSize));
        return frame;
    }

    /// <summary>Reads the header of a frame.</summary>
    /// <returns>False while there are fewer bytes than a header.</returns>
    /// <exception cref="InvalidDataException">Another version, or a length out of bounds.</exception>
    public static bool TryReadHeader(ReadOnlySpan<byte> bytes, out ShimCall call, out int bodyLength)
    {
        call = default;
        bodyLength = 0;
        if (bytes.Length < HeaderSize)
            return false;
        var length = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        if (bytes[4] != Version)
            throw new InvalidDataException($"shim wire version {bytes[4]}, this side speaks {Version}");
        if (length is < 2 or > MaxBody + 2)
            throw new InvalidDataException($"shim frame of {length} bytes");
        call = (ShimCall)bytes[5];
        bodyLength = (int)length - 2;
        return true;
    }
}
