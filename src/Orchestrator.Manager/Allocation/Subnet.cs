using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Orchestrator.Manager.Allocation;

/// <summary>An IPv4 subnet, counted rather than spelled.</summary>
internal readonly record struct Subnet(uint First, int Length)
{
    public uint Size => Length == 0 ? uint.MaxValue : 1u << (32 - Length);

    public uint Last => First + (Size - 1);

    /// <summary>Reads ADDRESS/LENGTH; bits beyond the length are dropped.</summary>
    public static Subnet? Parse(string cidr)
    {
        var parts = cidr.Split('/');
        if (parts.Length != 2 || ParseAddress(parts[0]) is not { } address)
            return null;
        return int.TryParse(parts[1], out var length) && length is >= 1 and <= 32
            ? new Subnet(address & (uint.MaxValue << (32 - length)), length)
            : null;
    }

    public static uint? ParseAddress(string text) =>
        IPAddress.TryParse(text.Split('/')[0], out var address) && address.AddressFamily == AddressFamily.InterNetwork
            ? BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes())
            : null;

    public static string Format(uint address)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, address);
        return new IPAddress(bytes).ToString();
    }

    public bool Contains(uint address) => address >= First && address <= Last;

    public bool Overlaps(Subnet other) => First <= other.Last && other.First <= Last;

    /// <summary>An address of it, with its length: "10.0.1.3/24".</summary>
    public string With(uint address) => $"{Format(address)}/{Length}";

    public override string ToString() => With(First);
}
