using System.Collections.Immutable;
using System.Net.Sockets;
using Orchestrator.Network.Addressing;
using Orchestrator.Network.Bridging;

namespace Orchestrator.Network;

/// <summary>The default network, which the daemon's settings describe.</summary>
public sealed partial class NodeNetwork
{
    private const string DefaultOption = "com.docker.network.bridge.default_bridge";

    /// <summary>Settings that cannot take effect while containers are on the default network; empty: none.</summary>
    public string PendingSettings { get; private set; } = "";

    /// <summary>Makes it as the settings say; one made under other settings is made anew when nobody is on it.</summary>
    private void EnsureDefaultBridge()
    {
        var present = networks.Values.FirstOrDefault(n => n.Name == NetworkDrivers.Bridge);
        var wanted = options.HasDefaultNetwork ? WantedDefault() : null;
        if (present is not null && (wanted is null || !Fits(present, wanted)))
        {
            if (!ListEndpoints(present.Id).IsEmpty)
            {
                PendingSettings = "the default network keeps its former settings while containers are on it; stop them and "
                    + "start orchd again";
                return;
            }

            Forget(present);
            BridgeLink.Remove(host, present);
            if (wanted is not null)
                wanted = wanted with { Pools = Kept(wanted, present) };
            present = null;
        }

        if (present is null && wanted is not null)
            AddBridge(wanted);
    }

    /// <summary>Nobody asked for other addresses: those that firewalls and people know stay.</summary>
    private static ImmutableArray<IpamPool> Kept(NetworkConfig wanted, NetworkConfig present) =>
    [
        .. wanted.Pools,
        .. present.Pools.Where(p => p.IpRange is null && (wanted.EnableIPv6 || !p.IsIPv6)
            && wanted.Pools.All(w => w.IsIPv6 != p.IsIPv6)),
    ];

    private NetworkConfig WantedDefault() => new()
    {
        Name = NetworkDrivers.Bridge,
        EnableIPv6 = options.IPv6,
        Pools =
        [
            .. PoolOf(options.BridgeIp ?? AddressOf(options.Bridge), options.FixedCidr),
            .. options.IPv6 ? PoolOf(options.BridgeIp6, options.FixedCidr6) : [],
        ],
        Options = Named(options.Bridge)
            .Add(DefaultOption, "true")
            .Add(BridgeOptions.Icc, options.Icc ? "true" : "false")
            .Add(BridgeOptions.Masquerade, options.IpMasq ? "true" : "false")
            .Add(BridgeOptions.HostBinding, "0.0.0.0"),
    };

    /// <param name="address">Of the bridge, with prefix length.</param>
    /// <returns>None: nothing was said.</returns>
    private static ImmutableArray<IpamPool> PoolOf(string? address, string? range) => address is null && range is null
        ? [] : [new IpamPool(Subnet.Parse(address ?? range!).ToString(), address?.Split('/')[0], range)];

    /// <summary>A bridge that somebody made before us, and gave an address, keeps it.</summary>
    private string? AddressOf(string bridge) => host.Route.FindLink(bridge) is { } link && !Hosting.LinkNames.IsOurs(link)
        && host.Route.ListAddresses().Find(a => a.Index == link.Index
            && a.Address.AddressFamily == AddressFamily.InterNetwork) is { } found
        ? $"{found.Address}/{found.PrefixLength}" : null;

    private static bool Fits(NetworkConfig present, NetworkConfig wanted) =>
        wanted.Options.All(option => present.Options.GetValueOrDefault(option.Key) == option.Value)
        && wanted.EnableIPv6 == present.EnableIPv6
        && present.Pools.All(pool => Fits(pool, wanted.Pools.FirstOrDefault(w => w.IsIPv6 == pool.IsIPv6)));

    private static bool Fits(IpamPool present, IpamPool? wanted) => wanted is null ? present.IpRange is null
        : present.Subnet == wanted.Subnet && present.IpRange == wanted.IpRange
            && (wanted.Gateway is null || present.Gateway == wanted.Gateway);
}
