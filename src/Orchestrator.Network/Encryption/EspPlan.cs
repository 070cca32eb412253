using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Orchestrator.Linux.Netlink;

namespace Orchestrator.Network.Encryption;

/// <summary>One direction between two nodes under one of the cluster's keys.</summary>
internal sealed record EspAssociation(EspState State, ClusterKey Key)
{
    /// <summary>Of this direction alone: two that send under one key would use numbers twice, which breaks AES-GCM.</summary>
    /// <remarks>RFC 5869, with the two addresses and the key's number as its context.</remarks>
    public byte[] Derive() => HKDF.DeriveKey(
        HashAlgorithmName.SHA256, Convert.FromBase64String(Key.Secret), XfrmSocket.KeySize, salt: [],
        info: Encoding.ASCII.GetBytes($"orch overlay esp {Key.Number} {State.Source} {State.Destination}"));
}

/// <summary>Associations and policies between this node and others. Pure.</summary>
/// <remarks>Receives under all keys, sends under the primary one, so that a key may come and go while packets
/// fly.</remarks>
internal sealed record EspPlan(ImmutableArray<EspAssociation> Associations, ImmutableArray<EspPolicy> Policies)
{
    private IPAddress? Own { get; init; }

    private ImmutableArray<ClusterKey> Keys { get; init; } = [];

    /// <summary>Tells ours from others' (the kernel's reqid).</summary>
    public const uint Owner = 0x0b0d;

    /// <summary>Bytes that ESP with AES-GCM puts around a packet at most: header 8, number 8, padding and trailer 5,
    /// check value 16, and 1 to be even.</summary>
    public const int Overhead = 38;

    public static EspPlan Empty { get; } = new([], []);

    public static EspPlan For(
        IPAddress own, IEnumerable<IPAddress> peers, ImmutableArray<ClusterKey> keys, ushort vxlanPort)
    {
        var primary = keys.FirstOrDefault(k => k.IsPrimary);
        if (primary is null)
            return Empty; // Nothing leaves: the table drops what no policy takes.
        var others = peers.Distinct().ToList();
        return new EspPlan(
            [
                .. from key in keys from peer in others
                   from state in new[] { StateOf(own, peer, key), StateOf(peer, own, key) }
                   select new EspAssociation(state, key),
            ],
            [
                .. others.Select(peer => new EspPolicy(
                    own, peer, vxlanPort, TunnelMarks.Esp, StateOf(own, peer, primary).Spi, Owner)),
            ]) { Own = own, Keys = keys };
    }

    /// <summary>
    /// An association by which this node sends is kept for as long as its key, also while the other node is not to be
    /// reached: that one may have been there all the time, and what begins again at number 1 it would take for a repetition.
    /// </summary>
    public bool Keeps(EspState state) =>
        state.Source.Equals(Own) && Keys.Any(key => StateOf(state.Source, state.Destination, key) == state);

    /// <summary>
    /// A receiver tells associations apart by their number alone: it is made of who sends and of the key. Numbers below
    /// 256 are reserved (RFC 4303, §2.1).
    /// </summary>
    private static EspState StateOf(IPAddress source, IPAddress destination, ClusterKey key)
    {
        var bytes = source.GetAddressBytes();
        var sender = bytes.Length == 4
            ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(bytes));
        return new EspState(
            source, destination, 0x8000_0000 | (uint)(key.Number & 7) << 28 | (sender & 0x0fff_ffff), Owner);
    }
}
