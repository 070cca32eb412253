using System.Collections.Immutable;
using System.Net;
using Orchestrator.Linux.Netlink;
using Orchestrator.Linux.Nftables;
using Orchestrator.Network.Addressing;
using Orchestrator.Network.Balancing;
using Orchestrator.Network.Helper;
using Orchestrator.Network.Hosting;
using Orchestrator.Network.Mending;

namespace Orchestrator.Network;

public sealed partial class NodeNetwork
{
    private const string IngressOwner = "ingress:";

    /// <summary>The overlay's end of the host's own link.</summary>
    private const string IngressPortName = "host";

    private static bool IsIngressOwner(string owner) => owner.StartsWith(IngressOwner, StringComparison.Ordinal);

    private readonly HashSet<string> ingressOwners = [];

    /// <summary>What the tables were told; null: there is none. Of a family that is not here nobody knows.</summary>
    private readonly Dictionary<IpFamily, IngressModel?> ingressModels = [];

    /// <summary>Published ports that do not answer on this host, and why, as the last try found it.</summary>
    private ImmutableArray<string> unanswered = [];

    private async Task ApplyIngressAsync(ImmutableArray<string>.Builder faults, CancellationToken cancellationToken)
    {
        var overlay = cluster.Overlays.FirstOrDefault(o => o.Network.Id == cluster.Ingress?.NetworkId);
        if (cluster.Ingress is not { } ingress || overlay is null)
        {
            unanswered = [];
            await ReleasePortsAsync([], cancellationToken);
            await ApplyProxyAsync(IngressView.None, faults, cancellationToken);
            foreach (var family in HostFamilies)
                SetIngressTable(family, null);
            if (IsOurLink(IngressTable.LinkName))
                host.Route.DeleteLink(IngressTable.LinkName);
            return;
        }

        Attempt(faults, overlay.Network.Name, () => EnsureIngressLink(overlay.Network, ingress));
        await ApplyPortsAsync(overlay.Network, ingress, cancellationToken);
        faults.AddRange(unanswered);
    }

    private async Task ApplyPortsAsync(NetworkConfig network, IngressView view, CancellationToken cancellationToken)
    {
        var faults = ImmutableArray.CreateBuilder<string>();
        faults.AddRange(PublishedTwice(view.Ports));
        var ingress = view with { Ports = [.. view.Ports.DistinctBy(OwnerOf)] };
        var translated = ingress.Ports.RemoveAll(p => p.HasProxyHeader);
        // A port may go over from one to the other: given up first, taken then.
        await ReleasePortsAsync(translated, cancellationToken);
        await ApplyProxyAsync(ingress, faults, cancellationToken);
        var taken = await ReservePortsAsync(translated, faults, cancellationToken);
        foreach (var family in HostFamilies)
            SetIngressTable(family, family.IsIPv6 && network.Pool6 is null
                ? null : new IngressModel(ingress.NodeAddress, translated.RemoveAll(taken.Contains)));
        unanswered = faults.ToImmutable();
    }

    /// <summary>No cluster is to say so; one that does costs the second service its port, and nobody else anything.</summary>
    private static IEnumerable<string> PublishedTwice(ImmutableArray<IngressPort> ports) =>
        from port in ports.GroupBy(OwnerOf)
        from second in port.Skip(1)
        select $"port {second.PublishedPort}/{second.Protocol} of service {second.ServiceId} does not answer here: service "
            + $"{port.First().ServiceId} publishes it, too; publish another port";

    /// <summary>What held a port may be gone.</summary>
    private async Task RetryPortsAsync(CancellationToken cancellationToken)
    {
        if (!unanswered.IsEmpty && cluster.Ingress is { } ingress && IngressOverlay is { } mesh)
            await ApplyPortsAsync(mesh.Network, ingress, cancellationToken);
    }

    private void EnsureIngressLink(NetworkConfig network, IngressView ingress)
    {
        var endpoint = IngressEndpoint(network, ingress);
        // Of a node that was given another address: tasks tell nodes by their hardware addresses.
        if (host.Route.FindLink(IngressTable.LinkName) is { } found && LinkNames.IsOurs(found)
            && found.Mac?.ToString() != endpoint.Mac)
            host.Route.DeleteLink(IngressTable.LinkName);
        Plug(OpenFabric(network), network, endpoint, host.Namespace);
        host.Route.SetAlias(IngressTable.LinkName, LinkNames.Mark + network.Id);
        var link = host.Route.GetLink(IngressTable.LinkName);
        foreach (var old in host.Route.ListAddresses().Where(
            a => a.Index == link.Index && a.Address.ToString() != ingress.NodeAddress))
            host.Route.DeleteAddress(link.Index, old.Address, old.PrefixLength);
        if (PublishesIPv6)
            Forwarding.EnableIPv6(host);
        foreach (var setting in IngressTable.Settings)
            host.Set(setting.Path, setting.Value);
    }

    /// <summary>Only then the host has to be a router of IPv6.</summary>
    private bool PublishesIPv6 =>
        IngressOverlay is { } mesh && HasIPv6(mesh.Network) && cluster.Ingress is { Ports.IsEmpty: false };

    private Endpoint IngressEndpoint(NetworkConfig network, IngressView ingress) => new()
    {
        NetworkId = network.Id,
        NetworkName = network.Name,
        ContainerId = "host",
        EndpointId = IngressPortName,
        InterfaceName = IngressTable.LinkName,
        HostInterfaceName = IngressPortName,
        IPv4 = $"{ingress.NodeAddress}/{(SubnetOf(network, ingress.NodeAddress) ?? Subnet.Parse(network.Pools[0].Subnet)).PrefixLength}",
        IPv6 = HasIPv6(network) ? PairedCidr(network.Pool6!.Subnet, ingress.NodeAddress) : null,
        Mac = MacAddress.Derive(IPAddress.Parse(ingress.NodeAddress)).ToString(),
    };

    private static string? PairedCidr(string subnet, string address) =>
        Model.PairedAddress.Of(subnet, address) is { } paired ? $"{paired}/{Subnet.Parse(subnet).PrefixLength}" : null;

    /// <returns>Ports that something else on this host uses; they stay that something's.</returns>
    private async Task<HashSet<IngressPort>> ReservePortsAsync(
        ImmutableArray<IngressPort> ports, ImmutableArray<string>.Builder faults, CancellationToken cancellationToken)
    {
        var taken = new HashSet<IngressPort>();
        var wanted = ports.ToDictionary(OwnerOf);
        var shells = SshPorts.Of(options.SshConfig);
        foreach (var (owner, port) in wanted.Where(w => !ingressOwners.Contains(w.Key)))
        {
            if (port.Protocol == "tcp" && shells.Contains(port.PublishedPort))
            {
                taken.Add(port);
                faults.Add(IsOfSsh(port));
                continue;
            }

            try
            {
                await ReserveAsync(
                    new HelperRequest(HelperOperation.Reserve, owner)
                    {
                        Ports = [new PortBinding("", port.PublishedPort, port.TargetPort, port.Protocol)
                        {
                            BothFamilies = IngressOverlay is { } mesh && HasIPv6(mesh.Network) && port.Protocol != "sctp",
                        }],
                    },
                    cancellationToken);
                ingressOwners.Add(owner);
            }
            catch (NetworkException e) when (e.Fault != NetworkFault.Kernel)
            {
                taken.Add(port);
                faults.Add(
                    $"port {port.PublishedPort}/{port.Protocol} of service {port.ServiceId} "
                    + $"does not answer here: {e.Message}");
            }
        }

        return taken;
    }

    private async Task ReleasePortsAsync(ImmutableArray<IngressPort> wanted, CancellationToken cancellationToken)
    {
        var owners = wanted.Select(OwnerOf).ToHashSet();
        var held = ingressOwners.Union(names.Owners.Where(IsIngressOwner));
        foreach (var owner in held.Where(o => !owners.Contains(o)).ToList())
        {
            await helper.AskAsync(new HelperRequest(HelperOperation.Release, owner), cancellationToken);
            ingressOwners.Remove(owner);
        }
    }

    private static string IsOfSsh(IngressPort port) =>
        $"port {port.PublishedPort}/tcp of service {port.ServiceId} does not answer here: it is the SSH server's, by which "
        + "this host is reached; publish another port";

    private static string OwnerOf(IngressPort port) => $"{IngressOwner}{port.Protocol}:{port.PublishedPort}";

    private void SetIngressTable(IpFamily family, IngressModel? wanted)
    {
        // After a restart the first view states the whole table, whatever is there.
        if (ingressModels.TryGetValue(family, out var present) && present is null == wanted is null)
            ChangeInHost(
                family.TableNamed(IngressTable.Name),
                IngressTable.Change(family, present ?? IngressModel.Empty, wanted ?? IngressModel.Empty),
                restate: () => StateIngress(family, wanted));
        else
            StateIngress(family, wanted);
        ingressModels[family] = wanted;
    }

    private void StateIngress(IpFamily family, IngressModel? model)
    {
        var script = model is null ? family.Delete(IngressTable.Name) : IngressTable.Replace(family, model);
        Stating(HostSite, [family.TableNamed(IngressTable.Name)], whole: true, () => host.Apply(script));
    }
}
