using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Orchestrator.Linux.Netlink;

/// <summary>IPsec of one network namespace: ESP with AES-GCM between hosts, in transport mode. Source:
/// linux/xfrm.h.</summary>
public sealed class XfrmSocket : IDisposable
{
    private const int NETLINK_XFRM = 6;
    private const ushort XFRM_MSG_NEWSA = 0x10, XFRM_MSG_DELSA = 0x11, XFRM_MSG_GETSA = 0x12;
    private const ushort XFRM_MSG_DELPOLICY = 0x14, XFRM_MSG_GETPOLICY = 0x15, XFRM_MSG_UPDPOLICY = 0x19;
    private const int XFRMA_TMPL = 5, XFRMA_ALG_AEAD = 18, XFRMA_MARK = 21, XFRMA_REPLAY_ESN_VAL = 23;
    private const byte ESP = 50, UDP = 17, XFRM_POLICY_OUT = 1, XFRM_STATE_ESN = 128;
    private const int SelectorSize = 56, StateSize = 224, PolicySize = 168, TemplateSize = 64, StateIdSize = 24;

    /// <summary>Packets that may arrive out of order.</summary>
    private const int ReplayWindow = 512;

    /// <summary>Bytes of the key of AES-GCM with 256 bits, its salt included.</summary>
    public const int KeySize = 36;

    private readonly NetlinkSocket netlink = new(NETLINK_XFRM);

    private XfrmSocket()
    {
    }

    /// <summary>For the namespace of the calling thread.</summary>
    public static XfrmSocket Open() => new();

    public static XfrmSocket Open(NetNamespace ns) => ns.Run(Open);

    /// <summary>Adds an association; there already counts as done, so its counter never begins anew.</summary>
    /// <param name="key"><see cref="KeySize"/> bytes that no other direction uses: of counter mode no number may
    /// come twice.</param>
    public void Add(EspState state, ReadOnlySpan<byte> key)
    {
        var info = new byte[StateSize];
        Write(info, 56, state.Destination); // struct xfrm_id
        BinaryPrimitives.WriteUInt32BigEndian(info.AsSpan(72), state.Spi);
        info[76] = ESP;
        Write(info, 80, state.Source);
        WriteNoLimits(info, 96);
        BinaryPrimitives.WriteUInt32LittleEndian(info.AsSpan(208), state.Owner);
        BinaryPrimitives.WriteUInt16LittleEndian(info.AsSpan(212), FamilyOf(state.Source));
        info[216] = XFRM_STATE_ESN; // 32 bits of packet numbers are used up within the hour.
        netlink.Execute(new NetlinkMessage(XFRM_MSG_NEWSA, NetlinkFlags.Create | NetlinkFlags.Exclusive,
            $"add IPsec association to {state.Destination}")
        {
            Tolerated = [Errno.EEXIST],
        }.Struct(info).Add(XFRMA_ALG_AEAD, Aead(key)).Add(XFRMA_REPLAY_ESN_VAL, ReplayState()));
    }

    /// <summary>Absent counts as done.</summary>
    public void Remove(EspState state)
    {
        var id = new byte[StateIdSize]; // struct xfrm_usersa_id
        Write(id, 0, state.Destination);
        BinaryPrimitives.WriteUInt32BigEndian(id.AsSpan(16), state.Spi);
        BinaryPrimitives.WriteUInt16LittleEndian(id.AsSpan(20), FamilyOf(state.Destination));
        id[22] = ESP;
        netlink.Execute(new NetlinkMessage(XFRM_MSG_DELSA, NetlinkFlags.None,
            $"remove IPsec association to {state.Destination}")
        {
            Tolerated = [Errno.ESRCH],
        }.Struct(id));
    }

    public List<EspState> ListStates(uint owner) =>
        [.. netlink.Dump(new NetlinkMessage(XFRM_MSG_GETSA, NetlinkFlags.None, "list IPsec associations"))
            .Where(p => p.Length >= StateSize && p[76] == ESP).Select(ParseState).Where(s => s.Owner == owner)];

    /// <summary>Puts a policy for what leaves; it takes the place of one for the same packets.</summary>
    public void Put(EspPolicy policy)
    {
        var info = new byte[PolicySize];
        WriteSelector(info, policy);
        WriteNoLimits(info, 56);
        info[160] = XFRM_POLICY_OUT;
        var template = new byte[TemplateSize];
        Write(template, 0, policy.Destination);
        BinaryPrimitives.WriteUInt32BigEndian(template.AsSpan(16), policy.Spi);
        template[20] = ESP;
        BinaryPrimitives.WriteUInt16LittleEndian(template.AsSpan(24), FamilyOf(policy.Source));
        Write(template, 28, policy.Source);
        BinaryPrimitives.WriteUInt32LittleEndian(template.AsSpan(44), policy.Owner);
        template.AsSpan(52, 12).Fill(0xff); // Any algorithm: the association has the one it has.
        netlink.Execute(new NetlinkMessage(XFRM_MSG_UPDPOLICY, NetlinkFlags.None, $"put IPsec policy to {policy.Destination}")
            .Struct(info).Add(XFRMA_TMPL, template).Add(XFRMA_MARK, Mark(policy)));
    }

    /// <summary>Absent counts as done.</summary>
    public void Remove(EspPolicy policy)
    {
        var id = new byte[SelectorSize + 8]; // struct xfrm_userpolicy_id
        WriteSelector(id, policy);
        id[SelectorSize + 4] = XFRM_POLICY_OUT;
        netlink.Execute(new NetlinkMessage(XFRM_MSG_DELPOLICY, NetlinkFlags.None,
            $"remove IPsec policy to {policy.Destination}")
        {
            Tolerated = [Errno.ENOENT],
        }.Struct(id).Add(XFRMA_MARK, Mark(policy)));
    }

    public List<EspPolicy> ListPolicies(uint owner) =>
        [.. netlink.Dump(new NetlinkMessage(XFRM_MSG_GETPOLICY, NetlinkFlags.None, "list IPsec policies"))
            .Where(p => p.Length >= PolicySize && p[160] == XFRM_POLICY_OUT).Select(ParsePolicy).OfType<EspPolicy>()
            .Where(p => p.Owner == owner)];

    public void Dispose() => netlink.Dispose();

    private static EspState ParseState(byte[] info)
    {
        var family = BinaryPrimitives.ReadUInt16LittleEndian(info.AsSpan(212));
        return new EspState(
            Read(info, 80, family), Read(info, 56, family), BinaryPrimitives.ReadUInt32BigEndian(info.AsSpan(72)),
            BinaryPrimitives.ReadUInt32LittleEndian(info.AsSpan(208)));
    }

    private static EspPolicy? ParsePolicy(byte[] info)
    {
        var family = BinaryPrimitives.ReadUInt16LittleEndian(info.AsSpan(40));
        var attributes = new NetlinkAttributes(info.AsSpan(PolicySize));
        return attributes[XFRMA_TMPL] is { Length: >= TemplateSize } template && attributes[XFRMA_MARK] is { Length: 8 } mark
            ? new EspPolicy(
                Read(info, 16, family), Read(info, 0, family), BinaryPrimitives.ReadUInt16BigEndian(info.AsSpan(32)),
                BinaryPrimitives.ReadUInt32LittleEndian(mark), BinaryPrimitives.ReadUInt32BigEndian(template[16..]),
                BinaryPrimitives.ReadUInt32LittleEndian(template[44..]))
            : null;
    }

    /// <summary>struct xfrm_selector.</summary>
    private static void WriteSelector(Span<byte> to, EspPolicy policy)
    {
        var length = (byte)(policy.Source.GetAddressBytes().Length * 8);
        Write(to, 0, policy.Destination);
        Write(to, 16, policy.Source);
        BinaryPrimitives.WriteUInt16BigEndian(to[32..], policy.Port);
        BinaryPrimitives.WriteUInt16BigEndian(to[34..], ushort.MaxValue);
        BinaryPrimitives.WriteUInt16LittleEndian(to[40..], FamilyOf(policy.Source));
        (to[42], to[43], to[44]) = (length, length, UDP);
    }

    /// <summary>struct xfrm_algo_aead.</summary>
    private static byte[] Aead(ReadOnlySpan<byte> key)
    {
        var algorithm = new byte[64 + 4 + 4 + key.Length];
        Encoding.ASCII.GetBytes("rfc4106(gcm(aes))", algorithm);
        BinaryPrimitives.WriteInt32LittleEndian(algorithm.AsSpan(64), key.Length * 8);
        BinaryPrimitives.WriteInt32LittleEndian(algorithm.AsSpan(68), 128); // Of the check value.
        key.CopyTo(algorithm.AsSpan(72));
        return algorithm;
    }

    /// <summary>struct xfrm_replay_state_esn.</summary>
    private static byte[] ReplayState()
    {
        var state = new byte[24 + ReplayWindow / 8];
        BinaryPrimitives.WriteInt32LittleEndian(state, ReplayWindow / 32);
        BinaryPrimitives.WriteInt32LittleEndian(state.AsSpan(20), ReplayWindow);
        return state;
    }

    private static byte[] Mark(EspPolicy policy)
    {
        var mark = new byte[8];
        BinaryPrimitives.WriteUInt32LittleEndian(mark, policy.Mark);
        BinaryPrimitives.WriteUInt32LittleEndian(mark.AsSpan(4), policy.Mark);
        return mark;
    }

    /// <summary>struct xfrm_lifetime_cfg: without bounds it would have expired at birth.</summary>
    private static void WriteNoLimits(Span<byte> to, int at) => to.Slice(at, 32).Fill(0xff);

    private static void Write(Span<byte> to, int at, IPAddress address) => address.GetAddressBytes().CopyTo(to[at..]);

    private static IPAddress Read(byte[] from, int at, ushort family) =>
        new(from.AsSpan(at, family == 2 ? 4 : 16));

    private static ushort FamilyOf(IPAddress address) =>
        (ushort)(address.AddressFamily == AddressFamily.InterNetworkV6 ? 10 : 2);
}
