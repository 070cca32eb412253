using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Orchestrator.Linux.Netlink;

namespace Orchestrator.Linux.Nftables;

/// <summary>Tells whether tables of one namespace were changed, without understanding what is in them.</summary>
/// <remarks>Source: linux/netfilter/nf_tables.h.</remarks>
public sealed class NftReader : IDisposable
{
    private const int NETLINK_NETFILTER = 12, NFNL_SUBSYS_NFTABLES = 10;
    private const int GETTABLE = 1, GETCHAIN = 4, GETRULE = 7, GETSET = 10, GETSETELEM = 13, GETGEN = 16;
    private const int NFTA_GEN_ID = 1, OwnerTable = 1; // Of every object, attribute 1 names the table it is in.
    private const int NFTA_SET_NAME = 2, NFTA_SET_ELEM_LIST_SET = 2, NFTA_SET_ELEM_LIST_ELEMENTS = 3;
    private const int NFTA_RULE_EXPRESSIONS = 4, NFTA_EXPR_NAME = 1;
    private const int NFTA_SET_ELEM_KEY = 1, NFTA_SET_ELEM_DATA = 2, NFTA_SET_ELEM_FLAGS = 3, NFTA_SET_ELEM_KEY_END = 10;

    // Packets change these, people do not.
    private static readonly string[] Counting = ["counter", "limit", "quota", "last"];

    private readonly NetlinkSocket netlink = new(NETLINK_NETFILTER);

    private NftReader()
    {
    }

    /// <summary>For the namespace of the calling thread.</summary>
    public static NftReader Open() => new();

    /// <summary>Grows by one with each transaction of anybody in this namespace.</summary>
    public uint Generation() =>
        netlink.Query(Message(GETGEN, 0, "read generation of nft tables")) is { } answer
            ? BinaryPrimitives.ReadUInt32BigEndian(Attributes(answer)[NFTA_GEN_ID])
            : throw new NetlinkException("read generation of nft tables", Errno.ENODATA, null);

    /// <summary>A number that differs when chains, rules, sets or elements differ.</summary>
    /// <param name="family">NFPROTO_IPV4 2, NFPROTO_BRIDGE 7, NFPROTO_IPV6 10.</param>
    /// <returns>Null: there is no such table.</returns>
    public UInt128? Fingerprint(byte family, string table)
    {
        if (netlink.Query(Message(GETTABLE, family, $"find nft table {table}").Add(OwnerTable, table)) is null)
            return null;
        var sum = UInt128.Zero;
        foreach (var chain in Dump(GETCHAIN, family, table))
            sum += Hash(0, chain);
        var position = 0; // The order of rules matters, that of all else does not.
        foreach (var rule in Dump(GETRULE, family, table))
            sum += Rule(++position, rule);
        foreach (var set in Dump(GETSET, family, table))
            sum += Hash(1, set) + Elements(family, table, Attributes(set).Text(NFTA_SET_NAME) ?? "");
        return sum;
    }

    public void Dispose() => netlink.Dispose();

    private IEnumerable<byte[]> Dump(int type, byte family, string table) =>
        netlink.Dump(Message(type, family, $"read nft table {table}").Add(OwnerTable, table))
            .Where(entry => Attributes(entry).Text(OwnerTable) == table);

    private UInt128 Elements(byte family, string table, string set)
    {
        var sum = UInt128.Zero;
        var elements = netlink.Dump(Message(GETSETELEM, family, $"read nft set {set}")
            .Add(OwnerTable, table).Add(NFTA_SET_ELEM_LIST_SET, set));
        foreach (var entry in elements)
        {
            foreach (var (_, element) in Attributes(entry).Nested(NFTA_SET_ELEM_LIST_ELEMENTS))
                sum += Element(new NetlinkAttributes(element));
        }

        return sum;
    }

    private static UInt128 Element(NetlinkAttributes element)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var type in new[]
            { NFTA_SET_ELEM_KEY, NFTA_SET_ELEM_DATA, NFTA_SET_ELEM_FLAGS, NFTA_SET_ELEM_KEY_END })
        {
            hash.AppendData([(byte)type]);
            hash.AppendData(element[type]);
        }

        return Number(hash);
    }

    private static UInt128 Rule(int position, byte[] rule)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(BitConverter.GetBytes(position));
        foreach (var (type, content) in Attributes(rule))
        {
            if (type != NFTA_RULE_EXPRESSIONS)
            {
                hash.AppendData(content);
                continue;
            }

            foreach (var (_, expression) in new NetlinkAttributes(content))
            {
                var name = new NetlinkAttributes(expression)[NFTA_EXPR_NAME];
                var counts = Counting.Contains(new NetlinkAttributes(expression).Text(NFTA_EXPR_NAME));
                hash.AppendData(counts ? name : expression);
            }
        }

        return Number(hash);
    }

    /// <summary>Of all attributes; the struct before them repeats the generation.</summary>
    private static UInt128 Hash(byte kind, byte[] entry)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData([kind]);
        hash.AppendData(entry.AsSpan(Marshal.SizeOf<NfGenMsg>()));
        return Number(hash);
    }

    private static UInt128 Number(IncrementalHash hash)
    {
        Span<byte> bytes = stackalloc byte[32];
        hash.GetHashAndReset(bytes);
        return BinaryPrimitives.ReadUInt128LittleEndian(bytes);
    }

    private static NetlinkAttributes Attributes(byte[] entry) => new(entry.AsSpan(Marshal.SizeOf<NfGenMsg>()));

    private static NetlinkMessage Message(int type, byte family, string operation) =>
        new NetlinkMessage((ushort)(NFNL_SUBSYS_NFTABLES << 8 | type), NetlinkFlags.None, operation)
            .Struct(new NfGenMsg { Family = family });
}
