using System.Collections.Immutable;
using Orchestrator.Linux.Netlink;
using Orchestrator.Linux.Nftables;
using Orchestrator.Network.Addressing;
using Orchestrator.Network.Bridging;
using Orchestrator.Network.Helper;
using Orchestrator.Network.Hosting;

namespace Orchestrator.Network;

public sealed partial class NodeNetwork
{
    /// <summary>Publishes ports of a container, all or none.</summary>
    /// <returns>The bindings with host ports filled in, in the order given.</returns>
    /// <exception cref="NetworkException"><see cref="NetworkFault.PortTaken"/>: another process or container has
    /// it.</exception>
    public Task<ImmutableArray<PortBinding>> PublishAsync(
        string containerId, IReadOnlyList<PortBinding> bindings, CancellationToken cancellationToken) =>
        ExclusiveAsync(async () =>
        {
            var sandbox = RequireSandbox(containerId);
            foreach (var binding in bindings)
                Check(binding);
            if (bindings.Count > 0 && sandbox is { Entry: null, Exit: not null })
                bindings = []; // As docker: on a network of the world outside, every port is open already.
            if (bindings.Count > 0 && sandbox.Entry is null)
                throw new NetworkException(
                    NetworkFault.Invalid,
                    $"container {sandbox.Config.Name} is on no network that can publish ports; connect "
                    + "it to one that is not internal");
            await UnpublishAsync(sandbox, cancellationToken);
            if (bindings.Count == 0)
                return [];
            bindings = [.. bindings.Select(binding => Placed(sandbox, binding))];
            // Held by a socket first, so that of two containers one loses here and not in the packet path.
            var response = await ReserveAsync(
                new HelperRequest(HelperOperation.Reserve, containerId) { Ports = [.. bindings] }, cancellationToken);
            sandbox = sandboxes[containerId] with { Ports = response.Ports };
            Keep(sandbox);
            ChangePorts(gone: [], come: [.. HostPorts(sandbox)]);
            return response.Ports;
        }, cancellationToken);

    /// <summary>Takes back every published port of a container.</summary>
    public Task UnpublishAsync(string containerId, CancellationToken cancellationToken) =>
        ExclusiveAsync(
            () => sandboxes.TryGetValue(containerId, out var sandbox)
                ? UnpublishAsync(sandbox, cancellationToken)
                : Task.CompletedTask,
            cancellationToken);

    /// <exception cref="NetworkException">A port is taken: by whom is told in the names that users know.</exception>
    private async Task<HelperResponse> ReserveAsync(HelperRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await helper.AskAsync(request, cancellationToken);
        }
        catch (NetworkException e) when (e.Holder.Length > 0)
        {
            throw new NetworkException(e.Fault, $"{e.Message}: {HolderNamed(e.Holder)}", e);
        }
    }

    private string HolderNamed(string owner)
    {
        if (!IsIngressOwner(owner))
            return $"container {(sandboxes.TryGetValue(owner, out var sandbox) ? sandbox.Config.Name : LinkNames.ShortId(owner))}";
        if (cluster.Ingress?.Ports.FirstOrDefault(port => OwnerOf(port) == owner) is not { ServiceId: var id })
            return "a service";
        return $"service {ClusterNetworks.SelectMany(o => o.Services).FirstOrDefault(s => s.Id == id)?.Name ?? id}";
    }

    private static void Check(PortBinding binding)
    {
        if (binding.Protocol is not ("tcp" or "udp" or "sctp"))
            throw new NetworkException(
                NetworkFault.Invalid,
                $"invalid protocol {binding.Protocol} of port {binding.ContainerPort}; use tcp, udp or sctp");
        if (binding.ContainerPort is < 1 or > 65535 || binding.HostPort is < 0 or > 65535
            || binding.LastHostPort is < 0 or > 65535)
            throw new NetworkException(
                NetworkFault.Invalid, $"invalid port {binding.HostPort}:{binding.ContainerPort}; ports are 1 to 65535");
        if (binding.HostIp.Length == 0)
            return;
        if (!Subnet.TryParseAddress(binding.HostIp, out var address))
            throw new NetworkException(
                NetworkFault.Invalid, $"invalid host address {binding.HostIp}; give an address of this host");
        if (Model.ReservedBlocks.IsOfMany(address))
            throw new NetworkException(
                NetworkFault.Invalid,
                $"invalid host address {binding.HostIp}: it is no single host's; give an address of this host");
    }

    /// <summary>A port of no address in particular is one of the network's, and else one of each family that the container
    /// has.</summary>
    private PortBinding Placed(SandboxRecord sandbox, PortBinding binding)
    {
        if (binding.HostIp.Length == 0 && Require(sandbox.Entry!.NetworkId).Options
            .TryGetValue(BridgeOptions.HostBinding, out var own) && own != "0.0.0.0")
            return binding with { HostIp = own };
        if (binding.HostIp.Length == 0)
            return binding with { BothFamilies = sandbox.Entry6 is not null };
        if (IpFamily.Of(binding.HostIp).IsIPv6 && sandbox.Entry6 is null)
            throw new NetworkException(NetworkFault.Invalid,
                $"port {binding.ContainerPort} cannot be published on {binding.HostIp}: container {sandbox.Config.Name} has no "
                + "IPv6; put it on a network made with --ipv6");
        if (System.Net.IPAddress.TryParse(binding.HostIp, out var address) && address.Equals(System.Net.IPAddress.IPv6Loopback))
            throw new NetworkException(NetworkFault.Invalid,
                $"port {binding.ContainerPort} cannot be published on ::1, where the kernel lets in no answer of another link; "
                + "publish it on 127.0.0.1");
        return binding;
    }

    private IEnumerable<HostPort> HostPorts(SandboxRecord sandbox)
    {
        var led = sandbox.Ports.Where(port => !lostPorts.ContainsKey((sandbox.ContainerId, port)));
        foreach (var port in led.SelectMany(p => p.Split()))
        {
            if (EntryOf(sandbox, IpFamily.Of(port.HostIp)) is { } address)
                yield return new HostPort(port, address);
        }
    }

    private static string? EntryOf(SandboxRecord sandbox, IpFamily family) =>
        family.IsIPv6 ? sandbox.Entry6?.Address6 : sandbox.Entry?.IPv4.Split('/')[0];

    private async Task UnpublishAsync(SandboxRecord sandbox, CancellationToken cancellationToken)
    {
        if (sandbox.Ports.IsEmpty)
            return;
        var ports = HostPorts(sandbox).ToList();
        Keep(sandbox with { Ports = [] });
        lostPorts = lostPorts.RemoveRange(sandbox.Ports.Select(port => (sandbox.ContainerId, port)));
        ChangePorts(gone: ports, come: []);
        ForgetConnections(ports.Select(p => p.ContainerAddress).ToHashSet());
        await helper.AskAsync(new HelperRequest(HelperOperation.Release, sandbox.ContainerId), cancellationToken);
    }

    private void ChangePorts(List<HostPort> gone, List<HostPort> come)
    {
        foreach (var family in IpFamily.Both)
            ChangeInHost(
                family.TableNamed(HostTable.Name), HostTable.Change(family, gone, come), restate: () => ReplaceHostTable(family));
    }

    /// <summary>Leads published ports to where the container is now, after it left the network they led to.</summary>
    private async Task RepublishAsync(SandboxRecord sandbox, CancellationToken cancellationToken)
    {
        if (sandbox.Ports.IsEmpty)
            return;
        ReplaceHostTable();
        if (sandbox.Entry is null)
            await UnpublishAsync(sandbox, cancellationToken);
    }

    /// <summary>A UDP flow would stay with the dead container for two minutes, and a TCP client would hang.</summary>
    private void ForgetConnections(HashSet<string> containerAddresses)
    {
        using var conntrack = ConntrackSocket.Open(host.Namespace);
        conntrack.Delete(
            c => containerAddresses.Contains(c.ReplySource.ToString()) && !c.ReplySource.Equals(c.Destination));
    }
}
