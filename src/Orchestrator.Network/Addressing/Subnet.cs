using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Orchestrator.Network.Addressing;

/// <summary>An IPv4 block, as numbers. The default value is 0.0.0.0/0.</summary>
internal readonly record struct Subnet
{
    private Subnet(uint first, int prefixLength)
    {
        First = first;
        PrefixLength = prefixLength;
    }

    public uint First { get; }

    public int PrefixLength { get; }

    public uint Last => First | ~Mask(PrefixLength);

    public IPNetwork Network => new(ToAddress(First), PrefixLength);

    /// <param name="text"><c>10.0.1.0/24</c>; host bits are cut off.</param>
    public static bool TryParse(string text, out Subnet subnet)
    {
        subnet = default;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || !TryParseAddress(text[..slash], out var address))
            return false;
        if (!int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture,
            out var length) || length > 32)
            return false;
        subnet = new Subnet(address & Mask(length), length);
        return true;
    }

    /// <exception cref="NetworkException">Not an IPv4 block.</exception>
    public static Subnet Parse(string text) => TryParse(text, out var subnet)
        ? subnet
        : throw new NetworkException(
            NetworkFault.Invalid, $"invalid subnet {text}: give an IPv4 block such as 10.1.0.0/24");

    public static Subnet Of(IPNetwork network) =>
        new(ToNumber(network.BaseAddress) & Mask(network.PrefixLength), network.PrefixLength);

    public bool Contains(uint address) => address >= First && address <= Last;

    public bool Contains(Subnet other) => other.PrefixLength >= PrefixLength && Contains(other.First);

    public bool Overlaps(Subnet other) => First <= other.Last && other.First <= Last;

    /// <summary>All blocks of a size within this one, in order.</summary>
    public IEnumerable<Subnet> Split(int prefixLength)
    {
        for (ulong first = First; first <= Last; first += 1ul << (32 - prefixLength))
            yield return new Subnet((uint)first, prefixLength);
    }

    public static uint ToNumber(IPAddress address) => BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes());

    public static IPAddress ToAddress(uint number)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        return new IPAddress(bytes);
    }

    /// <summary>Only the form with four numbers: <c>10.1</c>, which <see cref="IPAddress"/> takes, is a typo
    /// here.</summary>
    public static bool TryParseAddress(string text, out uint address)
    {
        address = 0;
        if (text.Count(c => c == '.') != 3 || !IPAddress.TryParse(text, out var parsed)
            || parsed.AddressFamily != AddressFamily.InterNetwork)
            return false;
        address = ToNumber(parsed);
        return true;
    }

    public override string ToString() => $"{ToAddress(First)}/{PrefixLength}";

    private static uint Mask(int length) => length == 0 ? 0 : uint.MaxValue << (32 - length);
}
