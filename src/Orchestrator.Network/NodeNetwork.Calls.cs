using System.Collections.Immutable;
using System.Net;
using Orchestrator.Linux.Netlink;
using Orchestrator.Linux.Nftables;
using Orchestrator.Network.Balancing;
using Orchestrator.Network.Hosting;
using Orchestrator.Network.Mending;

namespace Orchestrator.Network;

/// <summary>Which containers call virtual addresses. The kernel tracks the connections of those alone, and only their
/// tables follow the cluster.</summary>
/// <remarks>
/// A container becomes one when orch-net tells it a virtual address (<c>FirstCall</c>), before it has the answer. Who knows
/// one by heart asks for its hardware address, which nobody has: that is heard, and the second packet, a second later,
/// gets through. That takes orchd; what orch-net does needs only orch-net.
/// </remarks>
public sealed partial class NodeNetwork
{
    // Replaced whole under the gate; read without it.
    private ImmutableHashSet<string> callers = [];

    /// <summary>Questions for neighbours by IPv6 are not listened to, and orch-net speaks for those alone whom it tells
    /// names.</summary>
    private bool MayCall(SandboxRecord sandbox) =>
        callers.Contains(sandbox.ContainerId) || !names.Translates || !sandbox.Named.Any()
        || sandbox.Endpoints.Any(e => e.IPv6 is not null && !networks.ContainsKey(e.NetworkId));

    /// <summary>After a restart: who has a table calls.</summary>
    private void FindCallers()
    {
        foreach (var sandbox in sandboxes.Values.Where(s => s.Endpoints.Any(e => !networks.ContainsKey(e.NetworkId))))
        {
            using var ns = NetNamespace.Open(paths.NamespaceOf(sandbox.ContainerId));
            using var tables = ns.Run(NftReader.Open);
            if (IpFamily.Both.Select(f => f.TableNamed(BalancerTable.Name))
                .Any(t => tables.Fingerprint(t.Family, t.Name) is not null))
                callers = callers.Add(sandbox.ContainerId);
        }
    }

    /// <summary>What orch-net told.</summary>
    private Task HearOfAsync(ImmutableArray<string> containerIds) => HearAsync(() =>
    {
        foreach (var id in containerIds)
            BeginBalancing(id);
    });

    /// <returns>False: it is gone, or was one already.</returns>
    private bool BeginBalancing(string containerId)
    {
        if (!sandboxes.TryGetValue(containerId, out var sandbox) || callers.Contains(containerId))
            return false;
        callers = callers.Add(containerId);
        Balance(sandbox);
        return true;
    }

    private async Task HearAsync(Action work)
    {
        try
        {
            await ExclusiveAsync(
                () =>
                {
                    work();
                    return Task.CompletedTask;
                },
                mendingEnds.Token);
        }
        catch (Exception e) when (e is NetworkException or OperationCanceledException or ObjectDisposedException)
        {
            // A container that is going, or all is over. Else the next change of the cluster does it.
        }
    }

    /// <summary>A container asked for the hardware address of another.</summary>
    private Task HearQuestionAsync(string networkId, string sender, string target)
    {
        var services = cluster.Overlays.FirstOrDefault(o => o.Network.Id == networkId)?.Services ?? [];
        if (!services.Any(s => s.Vips.Contains(target)))
            return Task.CompletedTask;
        var caller = sandboxes.Values.FirstOrDefault(
            s => s.On(networkId)?.Addresses.Contains(sender) == true && !callers.Contains(s.ContainerId));
        return caller is null ? Task.CompletedTask : HearAsync(() =>
        {
            if (BeginBalancing(caller.ContainerId))
                LetGo(caller.On(networkId)!, IPAddress.Parse(target));
        });
    }

    /// <summary>While a packet waits for a hardware address the kernel sends no second one: it gets an address that nobody
    /// has, is lost, and is sent again, translated.</summary>
    private void LetGo(Endpoint waiting, IPAddress vip)
    {
        using var ns = NetNamespace.Open(paths.NamespaceOf(waiting.ContainerId));
        using var route = RouteSocket.Open(ns);
        var link = route.GetLink(waiting.InterfaceName).Index;
        route.Change([new NeighbourChange.PutAnswer(link, vip, MacAddress.Derive(vip))]);
        route.Change([new NeighbourChange.DropAnswer(link, vip)]);
    }
}
