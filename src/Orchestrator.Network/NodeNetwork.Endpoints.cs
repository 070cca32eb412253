using System.Collections.Immutable;
using System.Net;
using Orchestrator.Linux.Netlink;
using Orchestrator.Network.Addressing;
using Orchestrator.Network.Bridging;
using Orchestrator.Network.Hosting;

namespace Orchestrator.Network;

public sealed partial class NodeNetwork
{
    private readonly Dictionary<string, uint> lastAddresses = [];

    /// <summary>Joins a container to a network. Idempotent for the same network.</summary>
    public Task<Endpoint> ConnectAsync(
        string containerId, EndpointConfig config, CancellationToken cancellationToken) =>
        ExclusiveAsync(async () =>
        {
            var sandbox = RequireSandbox(containerId);
            var network = Require(config.NetworkId);
            if (sandbox.On(network.Id) is { } present)
            {
                Plug(present);
                return present;
            }

            var endpoint = network.Driver switch
            {
                NetworkDrivers.Bridge => Join(sandbox, network, config),
                NetworkDrivers.Macvlan or NetworkDrivers.Ipvlan or NetworkDrivers.Vlan =>
                    JoinOutside(sandbox, network, config),
                NetworkDrivers.Overlay => JoinOverlay(sandbox, network, config),
                _ => throw new NetworkException(
                    NetworkFault.Invalid,
                    $"container cannot be connected to network {network.Name}: "
                    + $"{network.Driver} is chosen when it is created"),
            };
            SetExit(sandboxes[containerId]);
            await PutTablesAsync([network.Id], cancellationToken);
            await PutResolverAsync(sandboxes[containerId], cancellationToken);
            if (network.Driver == NetworkDrivers.Overlay)
                Balance(sandboxes[containerId]);
            return endpoint;
        }, cancellationToken);

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
            await PutTablesAsync([network.Id], cancellationToken);
            await PutResolverAsync(sandboxes[containerId], cancellationToken);
            Balance(sandboxes[containerId]);
        }, cancellationToken);

    /// <returns>Endpoints of a container in the order they were made; empty when it has no sandbox.</returns>
    public ImmutableArray<Endpoint> GetEndpoints(string containerId) =>
        sandboxes.TryGetValue(containerId, out var sandbox)
            ? [.. sandbox.Endpoints.Where(e => e.NetworkName != NetworkDrivers.GatewayNetwork)]
            : [];

    private Endpoint Join(SandboxRecord sandbox, NetworkConfig network, EndpointConfig config)
    {
        var pool = network.Pools[0];
        var subnet = Subnet.Parse(pool.Subnet);
        var address = Subnet.ToAddress(ChooseAddress(network, subnet, config.IPv4)).ToString();
        var endpoint = Describe(sandbox, network, config, $"{address}/{subnet.PrefixLength}") with
        {
            Gateway = network.Internal ? "" : pool.Gateway!,
        };
        return Add(sandbox, endpoint);
    }

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
            Mac = MacOf(config, cidr).ToString(),
            Aliases = config.Aliases,
            Links = config.Links,
            DnsNames = HasNames(network)
                ? [.. config.Aliases.Prepend(LinkNames.ShortId(sandbox.ContainerId)).Prepend(sandbox.Config.Name)
                    .Distinct()]
                : [],
        };
    }

    private static MacAddress MacOf(EndpointConfig config, string cidr)
    {
        if (string.IsNullOrEmpty(config.Mac))
            return MacAddress.Derive(ContainerLink.Split(cidr).Address);
        return MacAddress.TryParse(config.Mac, out var mac)
            ? mac
            : throw new NetworkException(
                NetworkFault.Invalid, $"{config.Mac} is not a valid mac address; write it as 02:42:ac:11:00:02");
    }

    /// <summary>Records an endpoint, then makes it: a crash between the two is mended at the next start.</summary>
    private Endpoint Add(SandboxRecord sandbox, Endpoint endpoint)
    {
        Keep(sandbox with { Endpoints = sandbox.Endpoints.Add(endpoint) });
        try
        {
            Plug(endpoint);
        }
        catch
        {
            Keep(sandbox);
            throw;
        }

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

        var bridge = network.Driver == NetworkDrivers.Vlan
            ? parents.EnsureBridge(network) : BridgeLink.Ensure(host, network, options.Mtu);
        var port = ContainerLink.Ensure(host.Route, bridge, endpoint, container);
        host.Route.SetPort(port.Index, PortOf(network, host.CallsIptablesForBridges));
    }

    private void Unplug(Endpoint endpoint)
    {
        if (networks.ContainsKey(endpoint.NetworkId) && endpoint.HostInterfaceName.Length > 0)
            host.Route.DeleteLink(endpoint.HostInterfaceName);
        else if (endpoint.HostInterfaceName.Length == 0)
            UnplugOutside(endpoint);
        else
            UnplugOverlay(endpoint);
    }

    private void SetExit(SandboxRecord sandbox)
    {
        if (PipesOf(sandbox.ContainerId).Any(LeadsOut))
            return; // The default route is the pipe's.
        using var container = NetNamespace.Open(paths.NamespaceOf(sandbox.ContainerId));
        ContainerLink.SetExit(sandbox, container);
    }

    private uint ChooseAddress(NetworkConfig network, Subnet subnet, string? asked)
    {
        var used = ListEndpoints(network.Id)
            .Select(e => Subnet.ToNumber(ContainerLink.Split(e.IPv4).Address))
            .Append(Subnet.ToNumber(IPAddress.Parse(network.Pools[0].Gateway!)))
            .Concat(network.Pools[0].Reserved.Values.Select(a => Subnet.ToNumber(IPAddress.Parse(a))))
            .ToHashSet();
        if (!string.IsNullOrEmpty(asked))
            return CheckedAddress(network, subnet, asked, used);
        var range = network.Pools[0].IpRange is { } text ? Subnet.Parse(text) : subnet;
        var address = AddressAllocator.Next(subnet, range, used, lastAddresses.GetValueOrDefault(network.Id))
            ?? throw new NetworkException(
                NetworkFault.Conflict,
                $"no available IPv4 addresses on network {network.Name} ({subnet}); make a larger network");
        lastAddresses[network.Id] = address;
        return address;
    }

    private static uint CheckedAddress(NetworkConfig network, Subnet subnet, string asked, HashSet<uint> used)
    {
        if (!Subnet.TryParseAddress(asked, out var address) || !subnet.Contains(address))
            throw new NetworkException(
                NetworkFault.Invalid,
                $"no configured subnet contains IP address {asked}; network {network.Name} has {subnet}");
        if (used.Contains(address))
            throw new NetworkException(
                NetworkFault.Conflict,
                $"Address already in use: {asked} on network {network.Name}; ask for another or none");
        return address;
    }
}
