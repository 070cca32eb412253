using System.Net.Sockets;
using Orchestrator.Network.Addressing;

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

            networkRecords.Drop(present.Id);
            networks = networks.Remove(present.Id);
            if (host.Route.FindLink(Hosting.LinkNames.BridgeOf(present)) is { } link && Hosting.LinkNames.IsOurs(link)
                && Hosting.LinkNames.BridgeOf(present) != options.Bridge)
                host.Route.DeleteLink(link.Name);
            // Nobody asked for other addresses: those that firewalls and people know stay.
            if (wanted is { Pools: [] } && present.Pools[0].IpRange is null)
                wanted = wanted with { Pools = present.Pools };
            present = null;
        }

        if (present is null && wanted is not null)
            AddBridge(wanted);
    }

    private NetworkConfig WantedDefault()
    {
        var address = options.BridgeIp ?? AddressOf(options.Bridge);
        return new NetworkConfig
        {
            Name = NetworkDrivers.Bridge,
            Pools = address is null && options.FixedCidr is null ? []
                : [new IpamPool(
                    Subnet.Parse(address ?? options.FixedCidr!).ToString(), address?.Split('/')[0], options.FixedCidr)],
            Options = Named(options.Bridge)
                .Add(DefaultOption, "true")
                .Add(IccOption, options.Icc ? "true" : "false")
                .Add(MasqueradeOption, options.IpMasq ? "true" : "false")
                .Add("com.docker.network.bridge.host_binding_ipv4", "0.0.0.0"),
        };
    }

    /// <summary>A bridge that somebody made before us, and gave an address, keeps it.</summary>
    private string? AddressOf(string bridge) => host.Route.FindLink(bridge) is { } link && !Hosting.LinkNames.IsOurs(link)
        && host.Route.ListAddresses().Find(a => a.Index == link.Index
            && a.Address.AddressFamily == AddressFamily.InterNetwork) is { } found
        ? $"{found.Address}/{found.PrefixLength}" : null;

    private static bool Fits(NetworkConfig present, NetworkConfig wanted) =>
        wanted.Options.All(option => present.Options.GetValueOrDefault(option.Key) == option.Value)
        && (wanted.Pools is not [var pool] ? present.Pools[0].IpRange is null : present.Pools[0].Subnet == pool.Subnet
            && (pool.Gateway is null || present.Pools[0].Gateway == pool.Gateway)
            && present.Pools[0].IpRange == pool.IpRange);
}
