using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Orchestrator.Network.Addressing;
using Orchestrator.Network.Bridging;
using Orchestrator.Network.Hosting;

namespace Orchestrator.Network;

public sealed partial class NodeNetwork
{
    private const string MtuOption = "com.docker.network.driver.mtu";

    private static readonly ImmutableArray<string> Predefined =
        [NetworkDrivers.Bridge, NetworkDrivers.Host, NetworkDrivers.None, NetworkDrivers.GatewayNetwork];

    /// <summary>Made by the node itself, and removed by nobody.</summary>
    public static bool IsPredefined(string name) => Predefined.Contains(name);

    /// <returns>All local networks and the overlays of the last view, predefined ones included.</returns>
    public ImmutableArray<NetworkConfig> ListNetworks() =>
        [.. AllNetworks.OrderBy(n => n.Name, StringComparer.Ordinal)];

    /// <param name="idOrName">Full id, exact name, or unambiguous prefix of an id.</param>
    public NetworkConfig? FindNetwork(string idOrName)
    {
        var all = AllNetworks.ToList();
        if ((all.Find(n => n.Id == idOrName) ?? all.Find(n => n.Name == idOrName)) is { } exact)
            return exact;
        var prefixed = all.FindAll(n => idOrName.Length > 0 && n.Id.StartsWith(idOrName, StringComparison.Ordinal));
        return prefixed is [var only] ? only : null;
    }

    /// <summary>Makes a local network; missing id, pool and bridge name are filled in.</summary>
    public Task<NetworkConfig> CreateNetworkAsync(NetworkConfig config, CancellationToken cancellationToken) =>
        ExclusiveAsync(() =>
        {
            config = Configure(config);
            if (config is { ConfigOnly: false } && config.Driver != NetworkDrivers.Bridge && !IsOutside(config))
                throw new NetworkException(NetworkFault.Invalid, DriverFault(config));
            if (config.Options.ContainsKey(Model.NetworkPolicy.Option))
                throw new NetworkException(
                    NetworkFault.Invalid,
                    $"a policy is between the services of an overlay; make network {config.Name} with --driver overlay");
            CheckLimits(config, config.Options);
            if (config is { Driver: NetworkDrivers.Bridge, ConfigOnly: false })
                config = config with { Options = options.NetworkOptions.SetItems(config.Options) };
            if (BridgeOptions.FaultOf(config.Options) is { } fault)
                throw new NetworkException(NetworkFault.Invalid, fault);
            if (AllNetworks.Any(n => n.Name == config.Name))
                throw new NetworkException(
                    NetworkFault.Conflict,
                    $"network with name {config.Name} already exists; choose another name, or remove that one");
            if (config.ConfigOnly)
                return Task.FromResult(AddConfiguration(config));
            if (config.Driver == NetworkDrivers.Bridge)
                RefuseUnfit(config);
            return Task.FromResult(IsOutside(config) ? AddOutside(config) : AddBridge(config));
        }, cancellationToken);

    /// <exception cref="NetworkException">Predefined, unknown, or containers are still attached.</exception>
    public Task RemoveNetworkAsync(string idOrName, CancellationToken cancellationToken) =>
        ExclusiveAsync(async () =>
        {
            var network = Require(idOrName);
            if (IsPredefined(network.Name))
                throw new NetworkException(
                    NetworkFault.Forbidden, $"{network.Name} is a pre-defined network and cannot be removed");
            if (network.IsOfCluster)
                throw new NetworkException(
                    NetworkFault.Invalid,
                    $"network {network.Name} belongs to the cluster; remove it through a manager");
            RefuseInUse(network);
            RefuseTakenFrom(network);
            Forget(network);
            ReplaceHostTable();
            ReplaceNeighbours();
            if (IsOutside(network))
                RemoveOutside(network);
            else if (!network.ConfigOnly)
                BridgeLink.Remove(host, network);
            await names.DropTableAsync(network.Id, cancellationToken);
        }, cancellationToken);

    /// <returns>Endpoints of this node's containers on a network.</returns>
    public ImmutableArray<Endpoint> ListEndpoints(string networkId) =>
        [.. sandboxes.Values.SelectMany(s => s.Endpoints).Where(e => e.NetworkId == networkId)];

    private IEnumerable<NetworkConfig> AllNetworks => networks.Values.Concat(cluster.Overlays.Select(o => o.Network));

    private NetworkConfig Require(string idOrName) =>
        FindNetwork(idOrName) ?? throw new NetworkException(
            NetworkFault.NotFound, $"network {idOrName} not found; orch network ls lists those there are");

    private static string DriverFault(NetworkConfig config) => config.Driver switch
    {
        NetworkDrivers.Overlay =>
            $"network {config.Name} is an overlay, which only a cluster has: run orch swarm init first",
        NetworkDrivers.Host or NetworkDrivers.None =>
            $"only one instance of \"{config.Driver}\" network is allowed; use that one",
        _ => $"plugin \"{config.Driver}\" not found; this node has bridge, macvlan, ipvlan, vlan, host, none and overlay",
    };

    private void RefuseInUse(NetworkConfig network)
    {
        var users = sandboxes.Values.Where(s => s.On(network.Id) is not null)
            .Select(s => $"name:\"{s.Config.Name}\" id:\"{LinkNames.ShortId(s.ContainerId)}\"").ToList();
        if (users.Count > 0)
            throw new NetworkException(
                NetworkFault.InUse,
                $"error while removing network: network {network.Name} has active endpoints "
                + $"({string.Join(", ", users)}); "
                + "disconnect or remove them first");
    }

    private void EnsurePredefined()
    {
        EnsurePredefined(NetworkDrivers.Host, NetworkDrivers.Host);
        EnsurePredefined(NetworkDrivers.None, NetworkDrivers.None);
        EnsureDefaultBridge();
    }

    /// <summary>The way out for overlay containers: made with the first of them, and given IPv6 with the first that has
    /// it.</summary>
    private NetworkConfig EnsureGatewayNetwork(bool withIPv6)
    {
        withIPv6 &= options.Mtu >= IpFamily.SmallestMtuOfIPv6; // Else its bridge takes no address of it.
        var present = networks.Values.FirstOrDefault(n => n.Name == NetworkDrivers.GatewayNetwork);
        if (present is null)
            return AddBridge(new NetworkConfig
            {
                Name = NetworkDrivers.GatewayNetwork,
                EnableIPv6 = withIPv6,
                Icc = false, // What is on an overlay together talks there.
                Options = Named(options.GatewayBridge).Add(BridgeOptions.Icc, "false"),
            });
        if (!withIPv6 || present.Pool6 is not null)
            return present;
        var taken = networks.Values.SelectMany(n => n.Pools).Select(p => Subnet.Parse(p.Subnet)).ToList();
        return AddBridge(present with
        {
            EnableIPv6 = true, Pools = present.Pools.Add(ChosenPool(isIPv6: true, taken)),
        });
    }

    private static ImmutableDictionary<string, string> Named(string bridge) =>
        ImmutableDictionary<string, string>.Empty.Add(Model.LinkName.BridgeOption, bridge);

    private void EnsurePredefined(string name, string driver)
    {
        if (networks.Values.All(n => n.Name != name))
            Keep(new NetworkConfig { Id = LinkNames.NewId(), Name = name, Driver = driver,
                Created = DateTimeOffset.UtcNow });
    }

    private NetworkConfig AddBridge(NetworkConfig config)
    {
        var former = networks.GetValueOrDefault(config.Id);
        var network = former is not null ? config : Complete(config);
        network = network with { GivenToBridge = [.. GivenBefore(former), .. BridgeLink.MissingOf(host, network)] };
        // On disk first: a bridge without a record would be nobody's, a record without a bridge is mended at start.
        Keep(network);
        try
        {
            EnsureBridge(network);
            ReplaceHostTable();
            ReplaceNeighbours();
        }
        catch
        {
            if (former is not null)
                Keep(former);
            else
            {
                Forget(network);
                Try(() => BridgeLink.Remove(host, network));
            }

            throw;
        }

        return network;
    }

    private static ImmutableArray<string> GivenBefore(NetworkConfig? former) =>
        former is { GivenToBridge.IsDefault: false } ? former.GivenToBridge : [];

    private Linux.Netlink.LinkInfo EnsureBridge(NetworkConfig network)
    {
        if (network.Pool6 is not null && !host.HasIPv6)
            throw KernelFeature.Missing("IPv6", $"network {network.Name}");
        var bridge = BridgeLink.Ensure(host, network, options.Mtu);
        if (network.Pool6 is not null)
            Forwarding.EnableIPv6(host);
        return bridge;
    }

    private void Keep(NetworkConfig network)
    {
        networkRecords.Put(network.Id, network);
        networks = networks.SetItem(network.Id, network);
    }

    private void Forget(NetworkConfig network)
    {
        networkRecords.Drop(network.Id);
        networks = networks.Remove(network.Id);
    }

    private NetworkConfig Complete(NetworkConfig config)
    {
        CheckBridgeName(config);
        var mtu = config.Options.TryGetValue(MtuOption, out var text) ? ParseMtu(text) : config.Mtu;
        if (config.EnableIPv6 && mtu < IpFamily.SmallestMtuOfIPv6)
            throw new NetworkException(
                NetworkFault.Invalid, $"{MtuOption} {mtu} is too small for IPv6; give {IpFamily.SmallestMtuOfIPv6} or more, or leave --ipv6 out");
        var id = config.Id.Length > 0 ? config.Id : LinkNames.NewId();
        return config with
        {
            Id = id,
            Pools = CompletePools(config),
            Icc = config.Icc && BridgeOptions.IsOn(config.Options, BridgeOptions.Icc, fallback: true),
            Mtu = mtu,
            Created = config.Created == default ? DateTimeOffset.UtcNow : config.Created,
        };
    }

    /// <summary>Only what a user asks for now: one that is there already stays, whatever addresses the host got
    /// since.</summary>
    private void RefuseUnfit(NetworkConfig config)
    {
        foreach (var pool in config.Pools.Where(pool => pool.Subnet.Length > 0))
        {
            var subnet = Subnet.Parse(pool.Subnet);
            if (Model.ReservedBlocks.FaultOf(subnet.Network) is { } fault)
                throw new NetworkException(
                    NetworkFault.Invalid, $"{fault}; choose another, such as {Model.ReservedBlocks.ExampleFor(subnet.Network)}");
            RefuseOwn(subnet, config);
            RefuseMesh(subnet);
            RefuseTwoMeanings(CheckedPool(pool, subnet), subnet);
        }
    }

    /// <param name="pool">Of a bridge, whose gateway is this host.</param>
    private static void RefuseTwoMeanings(IpamPool pool, Subnet subnet)
    {
        var gateway = Subnet.ToNumber(IPAddress.Parse(pool.Gateway!)); // Filled in by the check.
        if (MeaningOf(gateway, subnet) is { } meaning)
            throw new NetworkException(NetworkFault.Invalid, $"invalid gateway {pool.Gateway}: it is {meaning}; give another");
        var taken = new Dictionary<UInt128, string> { [gateway] = "the gateway's" };
        foreach (var (name, reserved) in pool.Reserved.OrderBy(one => one.Key, StringComparer.Ordinal))
        {
            var number = Subnet.ToNumber(IPAddress.Parse(reserved));
            if (!taken.TryAdd(number, $"{name}'s already"))
                throw new NetworkException(
                    NetworkFault.Invalid,
                    $"invalid aux-address {name}={reserved}: it is {taken[number]}; give another, or leave it out");
        }
    }

    /// <returns>What an address stands for that is no single one's, in words; null: it may be somebody's. IPv6 has no
    /// broadcast.</returns>
    private static string? MeaningOf(UInt128 address, Subnet subnet) =>
        address == subnet.First ? $"the first address of {subnet}, which means the network itself"
        : address == subnet.Last && !subnet.IsIPv6 ? $"the last address of {subnet}, which means all on it" : null;

    /// <summary>A bridge that has addresses of another link's takes the answers to those who are there. Links of ours
    /// are compared by their networks, and one that the network takes over brings its address along.</summary>
    private void RefuseOwn(Subnet subnet, NetworkConfig config)
    {
        var bridges = networks.Values.Where(n => n.Driver == NetworkDrivers.Bridge && !n.ConfigOnly).Select(LinkNames.BridgeOf)
            .Append(config.Options.GetValueOrDefault(Model.LinkName.BridgeOption)).ToHashSet();
        var links = host.Route.ListLinks().Where(link => !LinkNames.IsOurs(link) && !bridges.Contains(link.Name))
            .ToDictionary(link => link.Index, link => link.Name);
        var own = host.Route.ListAddresses(subnet.IsIPv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork)
            .Find(a => links.ContainsKey(a.Index) && subnet.Contains(a.Address));
        if (own is not null)
            throw new NetworkException(
                NetworkFault.Conflict,
                $"Pool overlaps with other one on this address space; {subnet} has {own.Address}, an address of this host on "
                + $"link {links[own.Index]}: choose another");
    }

    /// <summary>The host has an address of it, and reaches the tasks of all published ports by it.</summary>
    private void RefuseMesh(Subnet subnet)
    {
        if (MeshPools.Cast<Subnet?>().FirstOrDefault(pool => subnet.Overlaps(pool!.Value)) is { } pool)
            throw new NetworkException(
                NetworkFault.Conflict,
                $"Pool overlaps with other one on this address space; {subnet} overlaps {pool} of network "
                + $"{Mesh!.Name}, by which published ports are reached: choose another");
    }

    /// <summary>Of other overlays the host has no link: their addresses may be those of its bridges.</summary>
    private IEnumerable<Subnet> MeshPools => Mesh?.Pools.Select(pool => Subnet.Parse(pool.Subnet)) ?? [];

    private NetworkConfig? Mesh =>
        cluster.Overlays.FirstOrDefault(o => o.Network.Id == cluster.Ingress?.NetworkId)?.Network;

    private static int ParseMtu(string text) => int.TryParse(text, out var mtu) && mtu is >= 68 and <= 65535
        ? mtu
        : throw new NetworkException(NetworkFault.Invalid, $"invalid {MtuOption} {text}: give 68 to 65535");

    private void CheckBridgeName(NetworkConfig config)
    {
        if (!config.Options.TryGetValue(Model.LinkName.BridgeOption, out var name))
            return;
        if (!Model.LinkName.IsValid(name))
            throw new NetworkException(
                NetworkFault.Invalid, $"invalid bridge name \"{name}\": {Model.LinkName.Rule}; give another {Model.LinkName.BridgeOption}");
        if (NetworkOfBridge(name) is { } other)
            throw new NetworkException(
                NetworkFault.Conflict,
                $"bridge {name} is that of network {other.Name}; give network {config.Name} another {Model.LinkName.BridgeOption}");
    }

    /// <returns>Null: the link, if there is one, is no network's bridge.</returns>
    private NetworkConfig? NetworkOfBridge(string name) =>
        networks.Values.FirstOrDefault(n => IsBridged(n) && !n.ConfigOnly && LinkNames.BridgeOf(n) == name);

    /// <summary>One pool of IPv4, and one of IPv6 where that is enabled.</summary>
    private ImmutableArray<IpamPool> CompletePools(NetworkConfig config)
    {
        var asked = config.Pools.Where(pool => pool.Subnet.Length > 0).ToLookup(pool => pool.IsIPv6);
        if (asked.Any(family => family.Count() > 1))
            throw new NetworkException(
                NetworkFault.Invalid,
                $"{config.Driver} driver doesn't support multiple subnets; give one of IPv4 and one of IPv6, and a second "
                + "network");
        if (!config.EnableIPv6 && asked[true].FirstOrDefault() is { } six)
            throw new NetworkException(
                NetworkFault.Invalid, $"{six.Subnet} is a subnet of IPv6, which network {config.Name} does not have; add --ipv6");
        // Every VLAN is a world of its own, where the same addresses may be once more.
        var taken = networks.Values.Where(n => !n.ConfigOnly && n.Driver != NetworkDrivers.Vlan && config.Driver != NetworkDrivers.Vlan)
            .SelectMany(n => n.Pools).Select(p => Subnet.Parse(p.Subnet)).ToList();
        var families = config.EnableIPv6 ? new[] { false, true } : [false];
        return [.. families.Select(family => CompletePool(asked[family].FirstOrDefault(), family, taken))];
    }

    private IpamPool CompletePool(IpamPool? asked, bool isIPv6, List<Subnet> taken)
    {
        if (asked is null)
            return ChosenPool(isIPv6, taken);
        var subnet = Subnet.Parse(asked.Subnet);
        if (taken.Any(subnet.Overlaps))
            throw new NetworkException(
                NetworkFault.Conflict,
                $"Pool overlaps with other one on this address space; {subnet} is in use, choose another");
        return CheckedPool(asked, subnet);
    }

    private IpamPool ChosenPool(bool isIPv6, List<Subnet> taken)
    {
        var routed = host.Route.ListRoutes(isIPv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork)
            .Where(r => r.Destination.PrefixLength > 0).Select(r => Subnet.Of(r.Destination));
        var subnet = AddressAllocator.NextSubnet(options.Pools, isIPv6, [.. taken, .. MeshPools, .. routed]) ?? throw new NetworkException(
            NetworkFault.Conflict,
            "all predefined address pools have been fully subnetted; remove networks, or give a --subnet");
        return new IpamPool(subnet.ToString(), subnet.AddressAt(subnet.First + 1).ToString());
    }

    private static IpamPool CheckedPool(IpamPool asked, Subnet subnet)
    {
        if (!subnet.HasRoom)
            throw new NetworkException(NetworkFault.Invalid,
                $"subnet {subnet} has no room for containers; give a /{(subnet.IsIPv6 ? 126 : 30)} or larger");
        var gateway = string.IsNullOrEmpty(asked.Gateway)
            ? subnet.AddressAt(subnet.First + 1).ToString() : asked.Gateway;
        if (!Subnet.TryParseAddress(gateway, out var address) || !subnet.Contains(address))
            throw new NetworkException(
                NetworkFault.Invalid, $"no matching subnet for gateway {gateway}; give an address of {subnet}");
        if (!string.IsNullOrEmpty(asked.IpRange) && !subnet.Contains(Subnet.Parse(asked.IpRange)))
            throw new NetworkException(
                NetworkFault.Invalid, $"no matching subnet for range {asked.IpRange}; give a part of {subnet}");
        foreach (var (name, reserved) in asked.Reserved)
        {
            if (!Subnet.TryParseAddress(reserved, out var number) || !subnet.Contains(number))
                throw new NetworkException(NetworkFault.Invalid,
                    $"no matching subnet for aux-address {name}={reserved}; give an address of {subnet}");
        }

        return asked with
        {
            Subnet = subnet.ToString(),
            Gateway = address.ToString(), // As the kernel writes it.
            IpRange = string.IsNullOrEmpty(asked.IpRange) ? null : asked.IpRange,
        };
    }
}
