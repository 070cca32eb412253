using System.Runtime.InteropServices;
using System.Text;

namespace Orchestrator.Linux.Netlink;

/// <summary>Does what the network may need once, in the calling thread's namespace, which should be a throw-away
/// one.</summary>
/// <remarks>Each returns normally when this kernel can; <see cref="NetlinkException"/> otherwise.</remarks>
public sealed class FeatureProbe : IDisposable
{
    private const int NETLINK_ROUTE = 0, NETLINK_XFRM = 6;
    private const ushort RTM_NEWLINK = 16, RTM_NEWQDISC = 36, XFRM_MSG_NEWSA = 0x10;
    private const int IFLA_IFNAME = 3, IFLA_LINK = 5, IFLA_LINKINFO = 18, IFLA_INFO_KIND = 1, IFLA_INFO_DATA = 2;
    private const int TCA_KIND = 1, TCA_OPTIONS = 2, TCA_TBF_PARMS = 1, TCA_TBF_BURST = 6, TCA_HTB_INIT = 2;
    private const int XFRMA_ALG_AEAD = 18;
    private const NetlinkFlags Create = NetlinkFlags.Create | NetlinkFlags.Exclusive;

    private readonly NetlinkSocket netlink = new(NETLINK_ROUTE);
    private int links;

    /// <summary>Makes a link of a kind that has no options of its own.</summary>
    public string MakeLink(string kind) => Make(kind, 0, null);

    public void MakeFilteringBridge() => Make("bridge", 0, data => data.Add(7, (byte)1)); // IFLA_BR_VLAN_FILTERING

    public void MakeVlan(int parent) => Make("vlan", parent, data => data.Add(1, [42, 0])); // IFLA_VLAN_ID

    public void MakeMacvlan(int parent) => Make("macvlan", parent, data => data.Add(1, 4)); // IFLA_MACVLAN_MODE: bridge

    public void MakeIpvlan(int parent) => Make("ipvlan", parent, data => data.Add(1, [0, 0])); // IFLA_IPVLAN_MODE: L2

    public void MakeVxlan() => Make("vxlan", 0, data => data.Add(1, 4097).AddBigEndian(15, 4789)); // ID, PORT

    /// <summary>Limits a link by a token bucket.</summary>
    public void LimitByTbf(int link)
    {
        var parms = new byte[36]; // struct tc_tbf_qopt: rate, peak rate, limit, buffer, mtu
        parms[1] = 1; // Of Ethernet frames: then no table of transmission times is wanted.
        BitConverter.TryWriteBytes(parms.AsSpan(8), 125_000);
        BitConverter.TryWriteBytes(parms.AsSpan(24), 30_000);
        Queue("tbf", link, options => options.Add(TCA_TBF_PARMS, parms).Add(TCA_TBF_BURST, 15_000));
    }

    public void LimitByHtb(int link)
    {
        var init = new byte[20]; // struct tc_htb_glob: version, rate2quantum, default class, debug, direct packets
        (init[0], init[4]) = (3, 10);
        Queue("htb", link, options => options.Add(TCA_HTB_INIT, init));
    }

    /// <summary>Leads what arrives through another link's queue.</summary>
    public void LeadThroughIfb(int link)
    {
        using var route = RouteSocket.Open();
        route.Redirect(link, route.GetLink(Make("ifb", 0, null)).Index);
    }

    public void DelayByNetem(int link) =>
        netlink.Execute(QueueMessage("netem", link).Add(TCA_OPTIONS, new byte[24])); // struct tc_netem_qopt

    /// <summary>Makes a security association of ESP with AES-GCM.</summary>
    public static void MakeEsp()
    {
        using var xfrm = new NetlinkSocket(NETLINK_XFRM);
        var algorithm = new byte[64 + 4 + 4 + 20]; // struct xfrm_algo_aead with a key of 128 bits and its salt
        Encoding.ASCII.GetBytes("rfc4106(gcm(aes))", algorithm);
        BitConverter.TryWriteBytes(algorithm.AsSpan(64), 160);
        BitConverter.TryWriteBytes(algorithm.AsSpan(68), 128);
        xfrm.Execute(new NetlinkMessage(XFRM_MSG_NEWSA, Create, "make security association")
            .Struct(new Association()).Add(XFRMA_ALG_AEAD, algorithm));
    }

    public void Dispose() => netlink.Dispose();

    private string Make(string kind, int parent, Action<NetlinkMessage>? options)
    {
        var name = $"probe{++links}";
        var message = new NetlinkMessage(RTM_NEWLINK, Create, $"make {kind} link")
            .Struct(default(IfInfo)).Add(IFLA_IFNAME, name).AddUnless(parent == 0, IFLA_LINK, parent);
        netlink.Execute(message.Nest(IFLA_LINKINFO, info =>
        {
            info.Add(IFLA_INFO_KIND, kind);
            if (options is not null)
                info.Nest(IFLA_INFO_DATA, options);
        }));
        return name;
    }

    private void Queue(string kind, int link, Action<NetlinkMessage> options) =>
        netlink.Execute(QueueMessage(kind, link).Nest(TCA_OPTIONS, options));

    private static NetlinkMessage QueueMessage(string kind, int link) =>
        new NetlinkMessage(RTM_NEWQDISC, NetlinkFlags.Create | NetlinkFlags.Replace, $"make {kind} queue")
            .Struct(new TcMsg { Index = link, Parent = uint.MaxValue }).Add(TCA_KIND, kind);

    /// <summary>struct xfrm_usersa_info, of which all else may be zero. Source: linux/xfrm.h.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 224)]
    private struct Association()
    {
        /// <summary>127.0.0.1, in the order of the wire.</summary>
        [FieldOffset(56)]
        public uint Destination = 0x0100007f;

        [FieldOffset(72)]
        public uint Spi = 0x00100000;

        [FieldOffset(76)]
        public byte Protocol = 50;

        [FieldOffset(80)]
        public uint Source = 0x0100007f;

        // Without bounds it would have expired at birth.
        [FieldOffset(96)]
        public ulong SoftBytes = ulong.MaxValue;

        [FieldOffset(104)]
        public ulong HardBytes = ulong.MaxValue;

        [FieldOffset(112)]
        public ulong SoftPackets = ulong.MaxValue;

        [FieldOffset(120)]
        public ulong HardPackets = ulong.MaxValue;

        [FieldOffset(212)]
        public ushort Family = 2;
    }
}
