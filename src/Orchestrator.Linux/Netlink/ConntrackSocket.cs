using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;

namespace Orchestrator.Linux.Netlink;

/// <summary>A tracked connection: who asked whom, and who answers.</summary>
/// <param name="ReplySource">Address the replies come from: the backend, when the destination was translated.</param>
public sealed record ConntrackEntry(IPAddress Source, IPAddress Destination, IPAddress ReplySource, byte Protocol)
{
    /// <summary>For how long it may be silent from now on.</summary>
    public TimeSpan Timeout { get; init; }

    /// <summary>The original tuple as the kernel sent it, which names the entry when deleting.</summary>
    internal byte[] Tuple { get; init; } = [];

    internal byte Family { get; init; }
}

/// <summary>Connection tracking of one network namespace, by ctnetlink. Source:
/// linux/netfilter/nfnetlink_conntrack.h.</summary>
public sealed class ConntrackSocket : IDisposable
{
    private const int NETLINK_NETFILTER = 12;
    private const ushort CT_GET = 0x101, CT_DELETE = 0x102, CT_GET_STATS = 0x105;
    private const int CTA_TUPLE_ORIG = 1, CTA_TUPLE_REPLY = 2, CTA_TUPLE_IP = 1, CTA_TUPLE_PROTO = 2;
    private const int CTA_IP_V4_SRC = 1, CTA_IP_V4_DST = 2, CTA_IP_V6_SRC = 3, CTA_IP_V6_DST = 4, CTA_PROTO_NUM = 1;
    private const int CTA_TIMEOUT = 7, CTA_STATS_GLOBAL_ENTRIES = 1;

    private readonly NetlinkSocket netlink = new(NETLINK_NETFILTER);

    private ConntrackSocket()
    {
    }

    public static ConntrackSocket Open() => new();

    public static ConntrackSocket Open(NetNamespace ns) => ns.Run(Open);

    /// <summary>Those of both families.</summary>
    /// <remarks>To find them, the kernel walks the table of all namespaces, which takes it tens of milliseconds.</remarks>
    public List<ConntrackEntry> List() => Count() == 0
        ? []
        : [.. netlink.Dump(new NetlinkMessage(CT_GET, NetlinkFlags.None, "list connections").Struct(new NfGenMsg()))
            .Select(Parse).OfType<ConntrackEntry>()];

    /// <summary>How many there are, which the kernel knows without looking.</summary>
    public int Count()
    {
        var answer = netlink.Query(
            new NetlinkMessage(CT_GET_STATS, NetlinkFlags.None, "count connections").Struct(new NfGenMsg()));
        return new NetlinkAttributes(answer.AsSpan(Marshal.SizeOf<NfGenMsg>()))[CTA_STATS_GLOBAL_ENTRIES] is { Length: 4 } count
            ? BinaryPrimitives.ReadInt32BigEndian(count)
            : throw new InvalidDataException("the kernel counts connections without saying how many there are");
    }

    /// <summary>Forgets every connection that <paramref name="which"/> holds for; a client of one is reset, not left
    /// to hang.</summary>
    /// <returns>How many there were.</returns>
    public int Delete(Func<ConntrackEntry, bool> which)
    {
        var doomed = List().Where(which).ToList();
        netlink.Execute([.. doomed.Select(entry =>
            new NetlinkMessage(CT_DELETE, NetlinkFlags.None, $"delete connection to {entry.Destination}")
            {
                Tolerated = [Errno.ENOENT], // It ended by itself meanwhile.
            }.Struct(new NfGenMsg { Family = entry.Family }).Add(CTA_TUPLE_ORIG | 0x8000, entry.Tuple))]);
        return doomed.Count;
    }

    public void Dispose() => netlink.Dispose();

    private static ConntrackEntry? Parse(byte[] payload)
    {
        var attributes = new NetlinkAttributes(payload.AsSpan(Marshal.SizeOf<NfGenMsg>()));
        var original = attributes.Nested(CTA_TUPLE_ORIG);
        var addresses = original.Nested(CTA_TUPLE_IP);
        var reply = attributes.Nested(CTA_TUPLE_REPLY).Nested(CTA_TUPLE_IP);
        if ((addresses.Address(CTA_IP_V4_SRC) ?? addresses.Address(CTA_IP_V6_SRC)) is not { } source
            || (addresses.Address(CTA_IP_V4_DST) ?? addresses.Address(CTA_IP_V6_DST)) is not { } destination
            || (reply.Address(CTA_IP_V4_SRC) ?? reply.Address(CTA_IP_V6_SRC)) is not { } answering)
            return null;
        var protocol = original.Nested(CTA_TUPLE_PROTO).Byte(CTA_PROTO_NUM) ?? 0;
        return new ConntrackEntry(source, destination, answering, protocol)
        {
            Timeout = TimeSpan.FromSeconds(
                attributes[CTA_TIMEOUT] is { Length: 4 } seconds ? BinaryPrimitives.ReadUInt32BigEndian(seconds) : 0),
            Tuple = attributes[CTA_TUPLE_ORIG].ToArray(),
            Family = MemoryMarshal.Read<NfGenMsg>(payload).Family,
        };
    }
}
