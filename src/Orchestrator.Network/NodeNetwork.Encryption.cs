using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Orchestrator.Linux.Netlink;
using Orchestrator.Linux.Nftables;
using Orchestrator.Model;
using Orchestrator.Network.Encryption;
using Orchestrator.Network.Mending;

namespace Orchestrator.Network;

/// <summary>Overlays whose packets travel encrypted between nodes.</summary>
public sealed partial class NodeNetwork
{
    private static readonly TableId CryptTableId = TableId.Inet(CryptTable.Name);

    private readonly WireGuardKey wireGuardKey;
    private readonly WireGuardTunnel wireGuard;
    private readonly EspTunnels esp;

    // VNIs whose packets are dropped when they are not encrypted. It shrinks only once their links are gone.
    private ImmutableSortedDictionary<int, string> protectedVnis = ImmutableSortedDictionary<int, string>.Empty;
    private int? cryptPort; // Of the table that was stated; null: none was.
    private EspPlan? espPlan;
    private (ClusterView View, uint Epoch, EspPlan Plan)? espWanted; // It is asked for each second.

    /// <summary>Public half of this node's own key, for others to know; empty: its kernel has no WireGuard.</summary>
    public string WireGuardPublicKey() => wireGuardKey.Public();

    /// <summary>What this node's IPsec associations are made under, for others to know; 0: its kernel has no
    /// IPsec.</summary>
    public uint EspEpoch() => esp.Epoch;

    private bool Has(string encryption) => cluster.Overlays.Any(o => o.Network.Encryption == encryption);

    private int TunnelOverhead(string? encryption) => encryption switch
    {
        NetworkEncryption.WireGuard => IsIPv6Underlay ? WireGuardTunnel.OverheadIPv6 : WireGuardTunnel.OverheadIPv4,
        NetworkEncryption.Esp => EspPlan.Overhead,
        _ => 0,
    };

    private bool IsIPv6Underlay =>
        IPAddress.TryParse(cluster.NodeVtep, out var own) && own.AddressFamily == AddressFamily.InterNetworkV6;

    /// <summary>From here on nothing of these overlays leaves or enters in the clear.</summary>
    /// <remarks>Called before a link of theirs is made; what it throws keeps the link from being made.</remarks>
    private void Protect()
    {
        var wanted = protectedVnis.SetItems(EncryptedVnis);
        if (cryptPort != cluster.DataPathPort || !wanted.SequenceEqual(protectedVnis))
            StateCrypt(wanted);
    }

    /// <summary>Lets go of overlays that are gone.</summary>
    private void Unprotect()
    {
        var wanted = EncryptedVnis.ToImmutableSortedDictionary();
        if (!wanted.SequenceEqual(protectedVnis))
            StateCrypt(wanted);
    }

    private IEnumerable<KeyValuePair<int, string>> EncryptedVnis => cluster.Overlays
        .Where(o => o.Network.Encryption is { Length: > 0 })
        .Select(o => KeyValuePair.Create(o.Network.Vni!.Value, o.Network.Encryption)); // Checked as the view came in.

    private void StateCrypt(ImmutableSortedDictionary<int, string> vnis)
    {
        Stating(HostSite, [CryptTableId], whole: true, () => host.Apply(CryptTable.Replace(
            [.. vnis.Where(v => v.Value == NetworkEncryption.WireGuard).Select(v => v.Key)],
            [.. vnis.Where(v => v.Value != NetworkEncryption.WireGuard).Select(v => v.Key)], cluster.DataPathPort)));
        (protectedVnis, cryptPort) = (vnis, cluster.DataPathPort);
    }

    /// <summary>Makes the tunnels what the view says.</summary>
    private void EnsureTunnels()
    {
        if (Has(NetworkEncryption.WireGuard))
            wireGuard.Ensure(WireGuardWanted());
        if (Has(NetworkEncryption.Esp) && EspWanted() is { } plan)
        {
            espPlan = plan;
            esp.Ensure(() => EspWanted() ?? plan);
        }
    }

    /// <summary>Takes down those that no overlay needs, or that an earlier daemon left.</summary>
    /// <param name="isMember">Its cluster may have it take part again; what stands under the keys then rests.</param>
    private void RemoveTunnels(bool isMember)
    {
        if (!Has(NetworkEncryption.WireGuard))
            wireGuard.Remove();
        var rest = isMember ? espPlan?.AtRest ?? EspPlan.Empty : EspPlan.Empty;
        if (Has(NetworkEncryption.Esp) || espPlan == rest)
            return;
        var isOfEarlier = espPlan is null;
        espPlan = rest;
        try
        {
            esp.Ensure(() => rest);
        }
        catch (Exception e) when (isOfEarlier && IsKernel(e))
        {
            // A kernel without IPsec has none of ours.
        }
    }

    private WireGuardSettings WireGuardWanted() => new(
        options.TunnelPort, UnderlayMtu - TunnelOverhead(NetworkEncryption.WireGuard),
        WireGuardPeers.Of(EndpointsUnder(NetworkEncryption.WireGuard), options.TunnelPort));

    /// <returns>Null: the keys, which are on no disk, are not known yet; what the kernel has stays.</returns>
    private EspPlan? EspWanted()
    {
        if (cluster.Keys is not { IsDefaultOrEmpty: false } keys)
            return null;
        var epoch = esp.Epoch;
        if (espWanted is not { } known || known.View != cluster || known.Epoch != epoch)
        {
            espWanted = (cluster, epoch, EspPlan.For(
                new EspNode(IPAddress.Parse(cluster.NodeVtep), epoch),
                // The node that is there comes before one that was at that address earlier.
                EndpointsUnder(NetworkEncryption.Esp).OrderByDescending(e => e.Ready)
                    .Select(e => new EspNode(IPAddress.Parse(e.NodeVtep), e.EspEpoch)),
                keys, (ushort)cluster.DataPathPort));
        }

        return espWanted.Value.Plan;
    }

    private IEnumerable<OverlayEndpoint> EndpointsUnder(string encryption) => cluster.Overlays
        .Where(o => o.Network.Encryption == encryption).SelectMany(o => o.Endpoints)
        .Where(e => e.NodeVtep.Length > 0 && e.NodeVtep != cluster.NodeVtep);

    private IEnumerable<WantedLink> TunnelLinksWanted => !Has(NetworkEncryption.WireGuard) ? []
        : [new WantedLink(WireGuardTunnel.LinkName, "wireguard")
        {
            Alias = WireGuardTunnel.Alias, Address = WireGuardTunnel.LinkAddress,
            Mtu = UnderlayMtu - TunnelOverhead(NetworkEncryption.WireGuard),
        }];

    private IEnumerable<WantedSetting> TunnelSettings => !Has(NetworkEncryption.WireGuard) ? []
        : [new WantedSetting(WireGuardTunnel.ReversePathSetting, WireGuardTunnel.LooseReversePath)];

    private IEnumerable<WantedTable> CryptTables => protectedVnis.IsEmpty ? []
        : [new WantedTable(CryptTableId, () => Done(() => StateCrypt(protectedVnis)))];

    private IEnumerable<WantedState> TunnelStates()
    {
        if (Has(NetworkEncryption.WireGuard))
        {
            var wanted = WireGuardWanted();
            yield return new WantedState(
                "WireGuard's key or peers were changed", () => wireGuard.IsConfigured(wanted), () => wireGuard.Ensure(wanted));
            yield return new WantedState(
                "the way into the WireGuard tunnel is gone", () => wireGuard.IsLedTo(IsIPv6Underlay),
                () => wireGuard.Ensure(wanted));
        }

        if (Has(NetworkEncryption.Esp) && EspWanted() is not null)
            yield return new WantedState( // Once mended the plan is another one.
                "IPsec associations or policies were changed",
                () => EspWanted() is not { } plan || esp.IsAsPlanned(plan), EnsureTunnels);
    }
}
