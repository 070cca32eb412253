using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Orchestrator.Linux.Netlink;

namespace Orchestrator.Network.Encryption;

/// <summary>A node that sends and receives under IPsec.</summary>
/// <param name="Epoch">What its associations are made under; another one each time it lost some.</param>
internal sealed record EspNode(IPAddress Address, uint Epoch);

/// <summary>One direction between two nodes under one of the cluster's keys.</summary>
internal sealed record EspAssociation(EspNode Source, EspNode Destination, ClusterKey Key)
{
    /// <summary>
    /// A receiver tells associations apart by their number alone. It is made of the key and of whom they are between, so
    /// that nobody has to agree on it; the first bit keeps it from numbers that are reserved (RFC 4303, §2.1).
    /// </summary>
    public EspState State { get; } = new(
        Source.Address, Destination.Address,
        0x8000_0000 | EspPlan.NumberOf(Key) << 28
            | (BinaryPrimitives.ReadUInt32BigEndian(Derive(Source, Destination, Key, "number", sizeof(uint))) & 0x0fff_ffff),
        EspPlan.Owner);

    /// <summary>Of this direction alone: two that send under one key would use numbers twice, which breaks AES-GCM.</summary>
    public byte[] Secret() => Derive(Source, Destination, Key, "key", XfrmSocket.KeySize);

    /// <summary>RFC 5869, with the key's number and whom it is between as its context.</summary>
    private static byte[] Derive(EspNode source, EspNode destination, ClusterKey key, string use, int length) =>
        HKDF.DeriveKey(
            HashAlgorithmName.SHA256, Convert.FromBase64String(key.Secret), length, salt: [],
            info: Encoding.ASCII.GetBytes(
                $"orch overlay esp {use} {key.Number} {source.Address} {source.Epoch} "
                + $"{destination.Address} {destination.Epoch}"));
}

/// <summary>Associations and policies between this node and others. Pure.</summary>
/// <remarks>Receives under all keys, sends under the primary one, so that a key may come and go while packets
/// fly.</remarks>
internal sealed record EspPlan(ImmutableArray<EspAssociation> Associations, ImmutableArray<EspPolicy> Policies)
{
    private IPAddress? Own { get; init; }

    private ImmutableHashSet<IPAddress> Others { get; init; } = [];

    private ImmutableArray<ClusterKey> Keys { get; init; } = [];

    /// <summary>Tells ours from others' (the kernel's reqid).</summary>
    public const uint Owner = 0x0b0d;

    /// <summary>Bytes that ESP with AES-GCM puts around a packet at most: header 8, number 8, padding and trailer 5,
    /// check value 16, and 1 to be even.</summary>
    public const int Overhead = 38;

    public static EspPlan Empty { get; } = new([], []);

    /// <summary>That of a node with no part in a network under IPsec, until it has one again.</summary>
    public EspPlan AtRest => this with { Associations = [], Policies = [], Others = [] };

    public static EspPlan For(EspNode own, IEnumerable<EspNode> others, ImmutableArray<ClusterKey> keys, ushort vxlanPort)
    {
        var primary = keys.FirstOrDefault(k => k.IsPrimary);
        if (primary is null)
            return Empty; // Nothing leaves: the table drops what no policy takes.
        var peers = others.DistinctBy(peer => peer.Address).ToList();
        return new EspPlan(
            [
                .. from key in keys from peer in peers
                   from association in new[] { new EspAssociation(own, peer, key), new EspAssociation(peer, own, key) }
                   select association,
            ],
            [
                .. peers.Select(peer => new EspPolicy(
                    own.Address, peer.Address, vxlanPort, TunnelMarks.Esp,
                    new EspAssociation(own, peer, primary).State.Spi, Owner)),
            ]) { Own = own.Address, Others = [.. peers.Select(peer => peer.Address)], Keys = keys };
    }

    /// <summary>
    /// Associations are kept for as long as their key, also while the other node is not to be reached: that one may have
    /// been there all the time, and what begins again at number 1 it would take for a repetition.
    /// </summary>
    public bool Keeps(EspState state) => IsOfOwn(state) && !IsOfPlanned(state) && HasKeyOf(state);

    /// <summary>One that goes because of its key, or because its other node has another epoch, is gone there as well: it
    /// may come again.</summary>
    public bool EndsOnBothSides(EspState state) => IsOfOwn(state) && (IsOfPlanned(state) || !HasKeyOf(state));

    /// <summary>Three bits tell the keys of one time apart.</summary>
    internal static uint NumberOf(ClusterKey key) => (uint)(key.Number & 7);

    private bool IsOfOwn(EspState state) => state.Source.Equals(Own) || state.Destination.Equals(Own);

    private bool IsOfPlanned(EspState state) => Others.Contains(state.Source) || Others.Contains(state.Destination);

    private bool HasKeyOf(EspState state) => Keys.Any(key => NumberOf(key) == (state.Spi >> 28 & 7));
}
