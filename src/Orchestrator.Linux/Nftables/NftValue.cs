using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Text;
using Orchestrator.Linux.Netlink;

namespace Orchestrator.Linux.Nftables;

/// <summary>A value of a set or map: in nft's words, and in the bytes that the kernel compares.</summary>
/// <remarks>Two are equal whose words are. Source: linux/netfilter/nf_tables.h; libnftables' types, nft(8) "DATA
/// TYPES".</remarks>
public sealed class NftValue : IEquatable<NftValue>
{
    private const int IFNAMSIZ = 16;

    private readonly string text;

    private NftValue(string text, byte[] low, byte[]? high = null)
    {
        this.text = text;
        Low = low;
        High = high;
    }

    /// <summary>The value, or where its range begins.</summary>
    internal byte[] Low { get; }

    /// <summary>Where its range ends; null: it is none.</summary>
    internal byte[]? High { get; }

    /// <summary>The chain to go to, for a verdict; null: it is a value.</summary>
    internal string? Chain { get; private init; }

    /// <summary>Type <c>ifname</c>.</summary>
    public static NftValue Link(string name)
    {
        var bytes = new byte[IFNAMSIZ];
        Encoding.UTF8.GetBytes(name, bytes);
        return new NftValue($"\"{name}\"", bytes);
    }

    /// <summary>Type <c>ipv4_addr</c> or <c>ipv6_addr</c>.</summary>
    public static NftValue Of(IPAddress address) => new($"{address}", address.GetAddressBytes());

    /// <summary>Type <c>ether_addr</c>.</summary>
    public static NftValue Of(MacAddress address) => new($"{address}", address.ToBytes());

    /// <summary>Type <c>inet_proto</c>.</summary>
    /// <param name="name"><c>tcp</c>, <c>udp</c>, <c>sctp</c>, <c>icmp</c> or <c>ipv6-icmp</c>.</param>
    /// <exception cref="ArgumentException">Another one.</exception>
    public static NftValue Protocol(string name) => new(name, [name switch
    {
        "icmp" => 1,
        "tcp" => 6,
        "udp" => 17,
        "ipv6-icmp" => 58,
        "sctp" => 132,
        _ => throw new ArgumentException($"{name} is none of the protocols known here", nameof(name)),
    }]);

    public static NftValue AnyProtocol { get; } = new("0-255", [0], [255]);

    /// <summary>Type <c>inet_service</c>.</summary>
    public static NftValue Port(int port) => new($"{port}", BigEndian(port));

    /// <inheritdoc cref="Port"/>
    public static NftValue Ports(int first, int last) =>
        first == last ? Port(first) : new NftValue($"{first}-{last}", BigEndian(first), BigEndian(last));

    /// <summary>A number of 32 bits that no packet brings: a mark, or what an expression counts.</summary>
    public static NftValue Number(uint value) => new(value.ToString(CultureInfo.InvariantCulture), BitConverter.GetBytes(value));

    /// <summary>Bytes of a packet for which nft has no name.</summary>
    public static NftValue Bytes(ReadOnlySpan<byte> bytes) => new($"0x{Convert.ToHexStringLower(bytes)}", bytes.ToArray());

    /// <summary>Type <c>verdict</c>.</summary>
    public static NftValue Jump(string chain) => new($"jump {chain}", []) { Chain = chain };

    /// <summary>Values one after the other, as <c>a . b</c>.</summary>
    public static NftValue Join(params ReadOnlySpan<NftValue> fields) => new(Words(fields), Registers(fields, static f => f.Low));

    /// <summary>The same for a set with intervals, to which the kernel wants both ends told of each element.</summary>
    public static NftValue JoinRanges(params ReadOnlySpan<NftValue> fields) =>
        new(Words(fields), Registers(fields, static f => f.Low), Registers(fields, static f => f.High ?? f.Low));

    public bool Equals(NftValue? other) => other is not null && text == other.text;

    public override bool Equals(object? obj) => Equals(obj as NftValue);

    public override int GetHashCode() => text.GetHashCode(StringComparison.Ordinal);

    /// <summary>As nft writes it.</summary>
    public override string ToString() => text;

    private static string Words(ReadOnlySpan<NftValue> fields) => string.Join(" . ", fields.ToArray().Select(f => f.text));

    /// <summary>Each begins in a register of its own, of four bytes.</summary>
    private static byte[] Registers(ReadOnlySpan<NftValue> fields, Func<NftValue, byte[]> end)
    {
        var joined = new List<byte>();
        foreach (var field in fields)
        {
            joined.AddRange(end(field));
            joined.AddRange(Padding[..(-joined.Count & 3)]);
        }

        return [.. joined];
    }

    private static ReadOnlySpan<byte> Padding => [0, 0, 0];

    private static byte[] BigEndian(int port)
    {
        var bytes = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, checked((ushort)port));
        return bytes;
    }
}
