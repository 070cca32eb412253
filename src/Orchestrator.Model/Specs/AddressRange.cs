using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Orchestrator.Model;

/// <summary>Addresses in the order of the slots that get them: <c>10.0.0.5</c>, or <c>10.0.0.5-10.0.0.9</c>.</summary>
public readonly record struct AddressRange
{
    private readonly UInt128 first;
    private readonly UInt128 last;
    private readonly AddressFamily family;

    private AddressRange(UInt128 first, UInt128 last, AddressFamily family) =>
        (this.first, this.last, this.family) = (first, last, family);

    public ulong Count => last - first >= ulong.MaxValue ? ulong.MaxValue : (ulong)(last - first) + 1;

    /// <returns>Null: it is no address, or the second is not after the first.</returns>
    public static AddressRange? Parse(string text)
    {
        var parts = text.Split('-', 2);
        if (!TryAddress(parts[0], out var first) || !TryAddress(parts[^1], out var last)
            || first.AddressFamily != last.AddressFamily || Number(last) < Number(first))
            return null;
        return new AddressRange(Number(first), Number(last), first.AddressFamily);
    }

    /// <param name="slot">From 1 on.</param>
    /// <returns>Null: there are not so many.</returns>
    public IPAddress? At(ulong slot) => slot == 0 || slot > Count ? null : Address(first + (slot - 1));

    /// <summary>Whether all are of one subnet of that prefix length.</summary>
    public bool IsWithin(int prefixLength)
    {
        var rest = (family == AddressFamily.InterNetwork ? 32 : 128) - prefixLength;
        return rest >= 128 || (first ^ last) >> rest == UInt128.Zero;
    }

    /// <summary>The form with four numbers only: <c>10.1</c>, which <see cref="IPAddress"/> takes, is a typo here.</summary>
    private static bool TryAddress(string text, out IPAddress address) =>
        IPAddress.TryParse(text, out address!)
        && (address.AddressFamily == AddressFamily.InterNetworkV6 || text.Count(c => c == '.') == 3);

    private static UInt128 Number(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        return bytes.Length == 4 ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    private IPAddress Address(UInt128 number)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, number);
        return new IPAddress(family == AddressFamily.InterNetwork ? bytes[12..] : bytes);
    }
}
