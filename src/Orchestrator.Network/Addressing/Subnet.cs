using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Orchestrator.Network.Addressing;

/// <summary>A block of addresses of either family, as numbers. The default value is 0.0.0.0/0.</summary>
internal readonly record struct Subnet
{
    private Subnet(UInt128 first, int prefixLength, bool isIPv6)
    {
        First = first;
        PrefixLength = prefixLength;
        IsIPv6 = isIPv6;
    }

    public UInt128 First { get; }

    public int PrefixLength { get; }

    public bool IsIPv6 { get; }

    public UInt128 Last => First | ~Mask(PrefixLength, IsIPv6) & Mask(Bits, IsIPv6);

    public IPNetwork Network => new(AddressAt(First), PrefixLength);

    /// <summary>Room for two addresses besides the first and the last.</summary>
    public bool HasRoom => PrefixLength <= Bits - 2;

    private int Bits => IsIPv6 ? 128 : 32;

    /// <param name="text"><c>10.0.1.0/24</c> or <c>fd00:1::/64</c>; host bits are cut off.</param>
    public static bool TryParse(string text, out Subnet subnet)
    {
        subnet = default;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || !TryParseAddress(text[..slash], out var address))
            return false;
        var isIPv6 = address.AddressFamily == AddressFamily.InterNetworkV6;
        if (!int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture,
            out var length) || length > (isIPv6 ? 128 : 32))
            return false;
        subnet = Of(new IPAddress(address.GetAddressBytes()), length);
        return true;
    }

    /// <exception cref="NetworkException">Not a block.</exception>
    public static Subnet Parse(string text) => TryParse(text, out var subnet)
        ? subnet
        : throw new NetworkException(
            NetworkFault.Invalid, $"invalid subnet {text}: give a block such as 10.1.0.0/24 or fd00:1::/64");

    public static Subnet Of(IPNetwork network) => Of(network.BaseAddress, network.PrefixLength);

    public static Subnet Of(IPAddress address, int prefixLength)
    {
        var isIPv6 = address.AddressFamily == AddressFamily.InterNetworkV6;
        return new Subnet(ToNumber(address) & Mask(prefixLength, isIPv6), prefixLength, isIPv6);
    }

    public bool Contains(UInt128 address) => address >= First && address <= Last;

    public bool Contains(IPAddress address) =>
        IsIPv6 == (address.AddressFamily == AddressFamily.InterNetworkV6) && Contains(ToNumber(address));

    public bool Contains(Subnet other) =>
        IsIPv6 == other.IsIPv6 && other.PrefixLength >= PrefixLength && Contains(other.First);

    public bool Overlaps(Subnet other) => IsIPv6 == other.IsIPv6 && First <= other.Last && other.First <= Last;

    /// <summary>All blocks of a size within this one, in order.</summary>
    public IEnumerable<Subnet> Split(int prefixLength)
    {
        for (var first = First; prefixLength >= PrefixLength;)
        {
            var block = new Subnet(first, prefixLength, IsIPv6);
            yield return block;
            if (block.Last >= Last)
                yield break;
            first = block.Last + 1;
        }
    }

    /// <summary>The block of that size which follows; null: this was the last of all addresses.</summary>
    public Subnet? Next => Last == Mask(Bits, IsIPv6) ? null : new Subnet(Last + 1, PrefixLength, IsIPv6);

    public IPAddress AddressAt(UInt128 number)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, number);
        return new IPAddress(IsIPv6 ? bytes : bytes[12..]);
    }

    public static UInt128 ToNumber(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var length);
        return length == 4
            ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    /// <summary>Only the form with four numbers, or one of IPv6: <c>10.1</c>, which <see cref="IPAddress"/> takes, is a
    /// typo here, and an address with a zone is none of a network's.</summary>
    public static bool TryParseAddress(string text, out IPAddress address) =>
        IPAddress.TryParse(text, out address!)
        && (address.AddressFamily == AddressFamily.InterNetworkV6
            ? !text.Contains('%', StringComparison.Ordinal) && !text.Contains('[', StringComparison.Ordinal)
            : text.Count(c => c == '.') == 3);

    public override string ToString() => $"{AddressAt(First)}/{PrefixLength}";

    private static UInt128 Mask(int length, bool isIPv6)
    {
        var bits = isIPv6 ? 128 : 32;
        var all = isIPv6 ? UInt128.MaxValue : uint.MaxValue;
        return length == 0 ? 0 : all & (UInt128.MaxValue << (bits - length));
    }
}
