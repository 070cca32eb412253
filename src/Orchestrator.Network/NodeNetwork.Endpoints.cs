using System.Collections.Immutable;
using System.Net;
using Orchestrator.Linux.Netlink;
using Orchestrator.Network.Addressing;
using Orchestrator.Network.Bridging;
using Orchestrator.Network.Hosting;
using Orchestrator.Network.Mending;

namespace Orchestrator.Network;

public sealed partial class NodeNetwork
{
    private readonly Dictionary<string, UInt128> lastAddresses = [];

    /// <summary>Joins a container to a network. Idempotent for the same network.</summary>
    public Task<Endpoint> ConnectAsync(
        string containerId, EndpointConfig config, CancellationToken cancellationToken) =>
        ExclusiveAsync(async () =>
        {
            var sandbox = RequireSandbox(containerId);
            var network = Require(config.NetworkId);
            if (sandbox.On(network.Id) is { } present)
            {
                if (present.Lease != config.Lease)
                    throw new NetworkException(
                        NetworkFault.Conflict, $"container {sandbox.Config.Name} is on network {network.Name} already");
                Plug(present);
                return present;
            }

            CheckLimits(network, (IReadOnlyDictionary<string, string>?)config.Options ?? NoOptions);
            try
            {
                return await JoinWhollyAsync(sandbox, network, config, cancellationToken);
            }
            catch
            {
                await UndoJoinAsync(containerId, network);
                throw;
            }
        }, cancellationToken);

    private async Task<Endpoint> JoinWhollyAsync(
        SandboxRecord sandbox, NetworkConfig network, EndpointConfig config, CancellationToken cancellationToken)
    {
        var endpoint = network.Driver switch
        {
            NetworkDrivers.Bridge => await JoinAsync(sandbox, network, config, cancellationToken),
            NetworkDrivers.Macvlan or NetworkDrivers.Ipvlan or NetworkDrivers.Vlan =>
                JoinOutside(sandbox, network, config),
            NetworkDrivers.Overlay => JoinOverlay(sandbox, network, config),
            NetworkDrivers.Configuration => throw Forbidden(
                $"cannot create endpoint on configuration-only network {network.Name}; make a network with --config-from "
                + $"{network.Name} and connect to that"),
            _ => throw new NetworkException(
                NetworkFault.Invalid,
                $"container cannot be connected to network {network.Name}: "
                + $"{network.Driver} is chosen when it is created"),
        };
        SetExit(sandboxes[sandbox.ContainerId]);
        if (network.Driver != NetworkDrivers.Bridge) // There they were told meanwhile.
            await PutNamesAsync(network.Id, sandboxes[sandbox.ContainerId], cancellationToken);
        if (network.Driver == NetworkDrivers.Overlay)
            Balance(sandboxes[sandbox.ContainerId]);
        return endpoint;
    }

    /// <summary>Takes back what of a join was done before it failed. What cannot be now is mended with the next pass.</summary>
    private async Task UndoJoinAsync(string containerId, NetworkConfig network)
    {
        var sandbox = sandboxes[containerId];
        if (sandbox.On(network.Id) is not { } half)
            return;
        // Off the record first: a link that cannot be removed now is then a stray one, and keeps nobody on the network.
        Keep(sandbox with { Endpoints = sandbox.Endpoints.Remove(half) });
        Try(() => Unplug(half));
        if (network.Driver == NetworkDrivers.Overlay)
            Try(() => LeaveGateway(sandboxes[containerId]));
        Try(() => SetExit(sandboxes[containerId]));
        Try(() => Police(sandboxes[containerId]));
        Try(() => Balance(sandboxes[containerId]));
        try
        {
            await PutNamesAsync(network.Id, sandboxes[containerId], CancellationToken.None);
        }
        catch (Exception e) when (IsKernel(e) || e is NetworkException)
        {
            // What failed first is told.
        }
    }

    public Task DisconnectAsync(string containerId, string networkId, CancellationToken cancellationToken) =>
        ExclusiveAsync(async () =>
        {
            var sandbox = RequireSandbox(containerId);
            var network = Require(networkId);
            var endpoint = sandbox.On(network.Id) ?? throw new NetworkException(
                NetworkFault.NotFound, $"container {sandbox.Config.Name} is not connected to network {network.Name}");
            Leave(sandbox, endpoint);
            if (network.Driver == NetworkDrivers.Overlay)
                LeaveGateway(sandboxes[containerId]);
            await RepublishAsync(sandboxes[containerId], cancellationToken);
            SetExit(sandboxes[containerId]);
            await PutNamesAsync(network.Id, sandboxes[containerId], cancellationToken);
            Police(sandboxes[containerId]);
            Balance(sandboxes[containerId]);
        }, cancellationToken);

    /// <returns>Endpoints of a container in the order they were made; empty when it has no sandbox.</returns>
    public ImmutableArray<Endpoint> GetEndpoints(string containerId) =>
        sandboxes.TryGetValue(containerId, out var sandbox)
            ? [.. sandbox.Endpoints.Where(e => e.NetworkName != NetworkDrivers.GatewayNetwork)]
            : [];

    private Endpoint Join(SandboxRecord sandbox, NetworkConfig network, EndpointConfig config) =>
        Add(sandbox, Placed(sandbox, network, config));

    /// <summary>As <see cref="Join"/>, but tells orch-net the names while the kernel makes the link: both wait, the one for
    /// another process, the other for locks.</summary>
    private async Task<Endpoint> JoinAsync(
        SandboxRecord sandbox, NetworkConfig network, EndpointConfig config, CancellationToken cancellationToken)
    {
        var endpoint = Placed(sandbox, network, config);
        Keep(sandbox with { Endpoints = sandbox.Endpoints.Add(endpoint) });
        var telling = PutNamesAsync(network.Id, sandboxes[sandbox.ContainerId], cancellationToken);
        try
        {
            Plug(endpoint);
            await telling;
            return endpoint;
        }
        catch
        {
            // Two that tell names would take each other's turn.
            await telling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
    }

    /// <summary>Of a bridge: which addresses, and by which gateway out.</summary>
    private Endpoint Placed(SandboxRecord sandbox, NetworkConfig network, EndpointConfig config) =>
        Describe(sandbox, network, config, ChooseAddress(network, network.Pools[0], config.IPv4)) with
        {
            IPv6 = ChooseAddress6(network, config),
            Gateway = network.Internal ? "" : network.Pools[0].Gateway!,
            Gateway6 = network.Internal ? null : network.Pool6?.Gateway,
        };

    private Endpoint Describe(SandboxRecord sandbox, NetworkConfig network, EndpointConfig config, string cidr)
    {
        var id = LinkNames.EndpointId(sandbox.ContainerId, network.Id);
        return new Endpoint
        {
            NetworkId = network.Id,
            NetworkName = network.Name,
            ContainerId = sandbox.ContainerId,
            EndpointId = id,
            InterfaceName = sandbox.FreeInterfaceName(PipesOf(sandbox.ContainerId).Select(p => p.Config.InterfaceName)),
            HostInterfaceName = LinkNames.HostEnd(id),
            IPv4 = cidr,
            Mac = ChooseMac(sandbox, network, config, cidr),
            Aliases = config.Aliases,
            Links = config.Links,
            Options = config.Options,
            Lease = config.Lease,
            DnsNames = HasNames(network)
                ? [.. config.Aliases.Prepend(LinkNames.ShortId(sandbox.ContainerId)).Prepend(sandbox.Config.Name)
                    .Distinct()]
                : [],
        };
    }

    /// <summary>Of two with one address on a bridge, each would take the other's frames away.</summary>
    private string ChooseMac(SandboxRecord sandbox, NetworkConfig network, EndpointConfig config, string cidr)
    {
        var isAsked = !string.IsNullOrEmpty(config.Mac);
        var mac = isAsked ? ParseMac(config.Mac!) : MacAddress.Derive(ContainerLink.Split(cidr).Address).ToString();
        // What the cluster gave is the cluster's to answer for: its former holder may be leaving at this moment.
        if ((isAsked || network.Driver == NetworkDrivers.Bridge) && HolderOf(network, mac, sandbox.ContainerId) is { } holder)
            throw new NetworkException(
                NetworkFault.Conflict,
                $"MAC address {mac} is {holder}'s already on network {network.Name}: give another with --mac-address, or none");
        return mac;
    }

    private static string ParseMac(string text)
    {
        if (!MacAddress.TryParse(text, out var mac))
            throw new NetworkException(
                NetworkFault.Invalid, $"{text} is not a valid mac address; write it as 02:42:ac:11:00:02");
        if (!mac.IsOfOne)
            throw new NetworkException(
                NetworkFault.Invalid,
                $"{text} is not a mac address that one interface can have; write it as 02:42:ac:11:00:02, with an even first byte");
        return mac.ToString();
    }

    /// <returns>Who other than a container has a hardware address there, for a message; null: nobody on this node.</returns>
    private string? HolderOf(NetworkConfig network, string mac, string except)
    {
        if (network.Driver == NetworkDrivers.Ipvlan)
            return null; // All have the card's, whatever they ask for.
        if (network.Driver == NetworkDrivers.Bridge && mac == MacAddress.Derive(IPAddress.Parse(network.Pools[0].Gateway!)).ToString())
            return "the bridge";
        var holder = ListEndpoints(network.Id).FirstOrDefault(e => e.ContainerId != except && e.Mac == mac);
        return holder is null ? null : $"container {sandboxes[holder.ContainerId].Config.Name}";
    }

    /// <summary>Records an endpoint, then makes it: a crash between the two is mended at the next start, and half a
    /// link is taken back by <see cref="UndoJoinAsync"/>.</summary>
    private Endpoint Add(SandboxRecord sandbox, Endpoint endpoint)
    {
        Keep(sandbox with { Endpoints = sandbox.Endpoints.Add(endpoint) });
        Plug(endpoint);
        return endpoint;
    }

    private void Leave(SandboxRecord sandbox, Endpoint endpoint)
    {
        Unplug(endpoint);
        Keep(sandbox with { Endpoints = sandbox.Endpoints.Remove(endpoint) });
    }

    private void Plug(Endpoint endpoint)
    {
        if (!networks.TryGetValue(endpoint.NetworkId, out var network))
        {
            PlugOverlay(endpoint);
            return;
        }

        using var container = NetNamespace.Open(paths.NamespaceOf(endpoint.ContainerId));
        if (network.Driver is NetworkDrivers.Macvlan or NetworkDrivers.Ipvlan)
        {
            parents.Plug(network, endpoint, container);
            return;
        }

        AddNeighbour(endpoint);
        var bridge = network.Driver == NetworkDrivers.Vlan
            ? parents.EnsureBridge(network) : BridgeLink.Find(host, network) ?? EnsureBridge(network);
        var port = ContainerLink.Ensure(host.Route, bridge, endpoint, container);
        // What comes for the port itself is nobody's: least of all does a container tell the host of routers.
        host.TrySet(new WantedSetting($"ipv6/conf/{port.Name}/disable_ipv6", "1"));
        host.Route.SetPort(port.Index, PortOf(network, host.CallsIptablesForBridges));
        Limit(host.Route, port, LimitOf(network, endpoint));
    }

    private void Unplug(Endpoint endpoint)
    {
        if (networks.ContainsKey(endpoint.NetworkId) && endpoint.HostInterfaceName.Length > 0)
        {
            host.Route.DeleteLink(endpoint.HostInterfaceName);
            RemoveNeighbour(endpoint);
            Unlimit(host.Route, endpoint);
        }
        else if (endpoint.HostInterfaceName.Length == 0)
            UnplugOutside(endpoint);
        else
            UnplugOverlay(endpoint);
    }

    private void SetExit(SandboxRecord sandbox)
    {
        using var container = NetNamespace.Open(paths.NamespaceOf(sandbox.ContainerId));
        using var inside = RouteSocket.Open(container); // Once: to enter costs a thread.
        foreach (var family in HostFamilies)
        {
            // The default route may be a pipe's.
            if (!PipesOf(sandbox.ContainerId).Any(p => LeadsOut(p, family)))
                ContainerLink.SetExit(sandbox, family, inside);
        }

        LeadBack(sandbox);
    }

    private string? ChooseAddress6(NetworkConfig network, EndpointConfig config)
    {
        if (network.Pool6 is { } pool)
            return ChooseAddress(network, pool, config.IPv6);
        if (string.IsNullOrEmpty(config.IPv6))
            return null;
        var fault = Subnet.TryParseAddress(config.IPv6, out _)
            ? $"no configured subnet contains IP address {config.IPv6}" : $"invalid IPv6 address: {config.IPv6}";
        throw new NetworkException(NetworkFault.Invalid, $"{fault}; network {network.Name} has no IPv6: make one with --ipv6");
    }

    /// <returns>With prefix length.</returns>
    private string ChooseAddress(NetworkConfig network, IpamPool pool, string? asked)
    {
        var subnet = Subnet.Parse(pool.Subnet);
        var used = ListEndpoints(network.Id).SelectMany(e => e.Addresses)
            .Append(pool.Gateway!).Concat(pool.Reserved.Values).Append(Parents.HostAccess.AddressOf(network)).OfType<string>() // Filled in when the network was made.
            .Select(IPAddress.Parse).Where(subnet.Contains).Select(Subnet.ToNumber).ToHashSet();
        var address = string.IsNullOrEmpty(asked)
            ? NextAddress(network, pool, subnet, used) : CheckedAddress(network, subnet, asked, used);
        return $"{address}/{subnet.PrefixLength}";
    }

    private IPAddress NextAddress(NetworkConfig network, IpamPool pool, Subnet subnet, HashSet<UInt128> used)
    {
        var range = pool.IpRange is { } text ? Subnet.Parse(text) : subnet;
        var place = $"{network.Id} {pool.Subnet}";
        while (true)
        {
            var address = AddressAllocator.Next(subnet, range, used, lastAddresses.GetValueOrDefault(place))
                ?? throw new NetworkException(
                    NetworkFault.Conflict,
                    $"no available IPv{(pool.IsIPv6 ? 6 : 4)} addresses on network {network.Name} ({subnet}); make a larger network");
            var chosen = subnet.AddressAt(address);
            // Its hardware address is made of it, and that one may be another's who asked for it.
            if (!subnet.IsIPv6 && HolderOf(network, MacAddress.Derive(chosen).ToString(), except: "") is not null)
            {
                used.Add(address);
                continue;
            }

            lastAddresses[place] = address;
            return chosen;
        }
    }

    private static IPAddress CheckedAddress(
        NetworkConfig network, Subnet subnet, string asked, HashSet<UInt128> used)
    {
        if (!Subnet.TryParseAddress(asked, out var address))
            throw new NetworkException(
                NetworkFault.Invalid, $"invalid IPv{(subnet.IsIPv6 ? 6 : 4)} address: {asked}; give one of {subnet}");
        if (!subnet.Contains(address))
            throw new NetworkException(
                NetworkFault.Invalid,
                $"no configured subnet contains IP address {asked}; network {network.Name} has {subnet}");
        var number = Subnet.ToNumber(address);
        if (network.Driver == NetworkDrivers.Bridge && MeaningOf(number, subnet) is { } meaning)
            throw new NetworkException(NetworkFault.Invalid, $"{asked} is {meaning}; ask for another, or none");
        if (used.Contains(number))
            throw new NetworkException(
                NetworkFault.Conflict,
                $"Address already in use: {asked} on network {network.Name}; ask for another or none");
        return address;
    }
}
