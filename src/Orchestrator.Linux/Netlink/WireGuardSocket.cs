using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Orchestrator.Linux.Netlink;

/// <summary>Keys and peers of WireGuard links of one network namespace, by generic netlink.</summary>
/// <remarks>Links themselves are rtnetlink's. Source: linux/genetlink.h, linux/wireguard.h.</remarks>
public sealed class WireGuardSocket : IDisposable
{
    private const int NETLINK_GENERIC = 16;
    private const ushort GENL_ID_CTRL = 0x10;
    private const byte CTRL_CMD_GETFAMILY = 3;
    private const int CTRL_ATTR_FAMILY_ID = 1, CTRL_ATTR_FAMILY_NAME = 2;
    private const byte WG_CMD_GET_DEVICE = 0, WG_CMD_SET_DEVICE = 1;
    private const int WGDEVICE_A_IFNAME = 2, WGDEVICE_A_PRIVATE_KEY = 3, WGDEVICE_A_PUBLIC_KEY = 4, WGDEVICE_A_FLAGS = 5;
    private const int WGDEVICE_A_LISTEN_PORT = 6, WGDEVICE_A_PEERS = 8, WGDEVICE_F_REPLACE_PEERS = 1;
    private const int WGPEER_A_PUBLIC_KEY = 1, WGPEER_A_FLAGS = 3, WGPEER_A_ENDPOINT = 4, WGPEER_A_ALLOWEDIPS = 9;
    private const int WGPEER_F_REMOVE_ME = 1, WGPEER_F_REPLACE_ALLOWEDIPS = 2;
    private const int WGALLOWEDIP_A_FAMILY = 1, WGALLOWEDIP_A_IPADDR = 2, WGALLOWEDIP_A_CIDR_MASK = 3;
    private const ushort AF_INET = 2, AF_INET6 = 10;

    private readonly NetlinkSocket netlink = new(NETLINK_GENERIC);
    private readonly ushort family;

    private WireGuardSocket()
    {
        try
        {
            family = FindFamily();
        }
        catch
        {
            netlink.Dispose();
            throw;
        }
    }

    /// <summary>For the namespace of the calling thread.</summary>
    /// <exception cref="NetlinkException">ENOTSUP: this kernel has no WireGuard, or its module is not loaded.</exception>
    public static WireGuardSocket Open() => new();

    public static WireGuardSocket Open(NetNamespace ns) => ns.Run(Open);

    /// <summary>Gives a link its key and port; peers stay.</summary>
    /// <param name="privateKey">32 bytes.</param>
    public void Configure(string link, ReadOnlySpan<byte> privateKey, ushort port) =>
        netlink.Execute(Message(WG_CMD_SET_DEVICE, NetlinkFlags.None, $"set key of link {link}")
            .Add(WGDEVICE_A_IFNAME, link).Add(WGDEVICE_A_PRIVATE_KEY, privateKey).AddUInt16(WGDEVICE_A_LISTEN_PORT, port));

    /// <summary>Adds peers or changes those of the same key. Sessions of all others go on.</summary>
    public void PutPeers(string link, IReadOnlyCollection<WireGuardPeer> peers) => SetPeers(link, peers, Put);

    public void RemovePeers(string link, IReadOnlyCollection<WireGuardPeer> peers) => SetPeers(link, peers, static (message, peer) =>
        message.Add(WGPEER_A_PUBLIC_KEY, Convert.FromBase64String(peer.PublicKey)).Add(WGPEER_A_FLAGS, WGPEER_F_REMOVE_ME));

    /// <exception cref="NetlinkException">ENODEV: there is no such link. ENOTSUP: it is of another kind.</exception>
    public WireGuardDevice Read(string link)
    {
        var (key, port, peers) = ("", 0, ImmutableArray.CreateBuilder<WireGuardPeer>());
        // A device with many peers comes in several messages.
        foreach (var answer in netlink.Dump(
            Message(WG_CMD_GET_DEVICE, NetlinkFlags.None, $"read link {link}").Add(WGDEVICE_A_IFNAME, link)))
        {
            var attributes = new NetlinkAttributes(answer.AsSpan(Marshal.SizeOf<GenericHeader>()));
            if (attributes[WGDEVICE_A_PUBLIC_KEY] is { Length: 32 } own)
                key = Convert.ToBase64String(own);
            port = attributes.UInt16(WGDEVICE_A_LISTEN_PORT) ?? port;
            foreach (var (_, peer) in attributes.Nested(WGDEVICE_A_PEERS))
            {
                if (ParsePeer(new NetlinkAttributes(peer)) is { } parsed)
                    peers.Add(parsed);
            }
        }

        return new WireGuardDevice(key, port, peers.ToImmutable());
    }

    public void Dispose() => netlink.Dispose();

    private void SetPeers(
        string link, IReadOnlyCollection<WireGuardPeer> peers, Action<NetlinkMessage, WireGuardPeer> write)
    {
        // A message has room for 64 kB; a peer takes some 120 bytes.
        foreach (var some in peers.Chunk(200))
            netlink.Execute(Message(WG_CMD_SET_DEVICE, NetlinkFlags.None, $"set peers of link {link}")
                .Add(WGDEVICE_A_IFNAME, link)
                .Nest(WGDEVICE_A_PEERS, all =>
                {
                    foreach (var peer in some)
                        all.Nest(0, one => write(one, peer));
                }));
    }

    private static void Put(NetlinkMessage message, WireGuardPeer peer)
    {
        message.Add(WGPEER_A_PUBLIC_KEY, Convert.FromBase64String(peer.PublicKey))
            .Add(WGPEER_A_FLAGS, WGPEER_F_REPLACE_ALLOWEDIPS).Add(WGPEER_A_ENDPOINT, SocketAddressOf(peer.Endpoint))
            .Nest(WGPEER_A_ALLOWEDIPS, all => all.Nest(0, one => one
                .AddUInt16(WGALLOWEDIP_A_FAMILY, FamilyOf(peer.Allowed)).Add(WGALLOWEDIP_A_IPADDR, peer.Allowed)
                .Add(WGALLOWEDIP_A_CIDR_MASK, (byte)(peer.Allowed.GetAddressBytes().Length * 8))));
    }

    private static WireGuardPeer? ParsePeer(NetlinkAttributes peer)
    {
        IPAddress? allowed = null;
        foreach (var (_, entry) in peer.Nested(WGPEER_A_ALLOWEDIPS))
            allowed ??= new NetlinkAttributes(entry).Address(WGALLOWEDIP_A_IPADDR);
        return peer[WGPEER_A_PUBLIC_KEY] is { Length: 32 } key && EndpointOf(peer[WGPEER_A_ENDPOINT]) is { } endpoint
            ? new WireGuardPeer(Convert.ToBase64String(key), endpoint, allowed ?? IPAddress.None) : null;
    }

    /// <summary>struct sockaddr_in or sockaddr_in6.</summary>
    private static byte[] SocketAddressOf(IPEndPoint endpoint)
    {
        var isIPv6 = endpoint.AddressFamily == AddressFamily.InterNetworkV6;
        var bytes = new byte[isIPv6 ? 28 : 16];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, isIPv6 ? AF_INET6 : AF_INET);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), (ushort)endpoint.Port);
        endpoint.Address.GetAddressBytes().CopyTo(bytes, isIPv6 ? 8 : 4);
        return bytes;
    }

    private static IPEndPoint? EndpointOf(ReadOnlySpan<byte> bytes) => bytes.Length switch
    {
        16 => new IPEndPoint(new IPAddress(bytes[4..8]), BinaryPrimitives.ReadUInt16BigEndian(bytes[2..])),
        28 => new IPEndPoint(new IPAddress(bytes[8..24]), BinaryPrimitives.ReadUInt16BigEndian(bytes[2..])),
        _ => null,
    };

    private static ushort FamilyOf(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 ? AF_INET6 : AF_INET;

    private ushort FindFamily()
    {
        var answer = netlink.Query(
            new NetlinkMessage(GENL_ID_CTRL, NetlinkFlags.None, "find WireGuard")
                .Struct(new GenericHeader { Command = CTRL_CMD_GETFAMILY, Version = 1 })
                .Add(CTRL_ATTR_FAMILY_NAME, "wireguard"));
        return answer is not null
            && new NetlinkAttributes(answer.AsSpan(Marshal.SizeOf<GenericHeader>())).UInt16(CTRL_ATTR_FAMILY_ID) is { } id
            ? id : throw new NetlinkException("find WireGuard", Errno.ENOTSUP, null);
    }

    private NetlinkMessage Message(byte command, NetlinkFlags flags, string operation) =>
        new NetlinkMessage(family, flags, operation).Struct(new GenericHeader { Command = command, Version = 1 });

    /// <summary>struct genlmsghdr.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 4)]
    private struct GenericHeader
    {
        public byte Command;
        public byte Version;
    }
}
