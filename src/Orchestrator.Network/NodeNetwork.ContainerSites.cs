using Orchestrator.Linux.Netlink;
using Orchestrator.Linux.Nftables;
using Orchestrator.Network.Balancing;
using Orchestrator.Network.Helper;
using Orchestrator.Network.Hosting;
using Orchestrator.Network.Mending;
using Orchestrator.Network.Overlays;
using Orchestrator.Network.Returning;

namespace Orchestrator.Network;

/// <summary>What should be in the namespace of each container.</summary>
public sealed partial class NodeNetwork
{
    private Site SiteOfContainer(SandboxRecord sandbox) =>
        new(ContainerSite + sandbox.ContainerId, $"container {sandbox.Config.Name}")
        {
            Enter = () => NetNamespace.Open(paths.NamespaceOf(sandbox.ContainerId)),
            IsTrusted = !adopted.Contains(sandbox.ContainerId),
            Wanted = () => WantedOfContainer(sandbox),
            Make = link => MakeInContainer(sandbox, link),
            Settings =
            [
                .. sandbox.Endpoints.Where(IsKnown).Select(e => e with { IPv6 = IPv6Of(e) }).SelectMany(ContainerLink.Settings),
                .. returns.GetValueOrDefault(sandbox.ContainerId)?.Settings ?? [],
            ],
            States = [.. LeasesKept(sandbox.ContainerId)],
            Tables = [.. TablesOfContainer(sandbox)],
        };

    private WantedSpace WantedOfContainer(SandboxRecord sandbox) => new()
    {
        Links =
        [
            new WantedLink("lo", "") { Address = "127.0.0.1/8" },
            .. sandbox.Endpoints.Where(IsKnown)
                .Select(e => new WantedLink(e.InterfaceName, KindOf(e))
                {
                    Address = e.IPv4, Address6 = IPv6Of(e), Beyond = BeyondOf(e), Mtu = MtuOf(e), Mac = OverlayMacOf(e),
                    Peers = PeersOf(e),
                }),
            .. PipesWanted(sandbox.ContainerId),
        ],
        Exit = WantedExitOf(sandbox),
        Exit6 = WantedExit6Of(sandbox),
        Kept = CommandsOf(sandbox.ContainerId),
        Ways = [.. returns.GetValueOrDefault(sandbox.ContainerId)?.Ways ?? []],
    };

    /// <summary>On an overlay nothing is known of any other address; elsewhere a container may take another.</summary>
    private MacAddress? OverlayMacOf(Endpoint endpoint) =>
        !networks.ContainsKey(endpoint.NetworkId) && MacAddress.TryParse(endpoint.Mac, out var mac) ? mac : null;

    private IEnumerable<RemoteEndpoint>? PeersOf(Endpoint endpoint) =>
        cluster.Overlays.FirstOrDefault(o => o.Network.Id == endpoint.NetworkId)?.Endpoints
            .Where(e => e.NodeVtep.Length > 0).SelectMany(RemoteEndpoint.From);

    /// <summary>Not of an overlay that the cluster speaks of no more.</summary>
    private bool IsKnown(Endpoint endpoint) =>
        networks.ContainsKey(endpoint.NetworkId) || cluster.Overlays.Any(o => o.Network.Id == endpoint.NetworkId);

    private bool MakeInContainer(SandboxRecord sandbox, string link)
    {
        if (sandbox.Endpoints.FirstOrDefault(e => e.InterfaceName == link) is { } endpoint)
            Plug(endpoint);
        else if (PipesOf(sandbox.ContainerId).FirstOrDefault(p => p.Config.InterfaceName == link) is { } pipe)
            Plug(pipe);
        else
            return false;
        return true;
    }

    private IEnumerable<WantedTable> TablesOfContainer(SandboxRecord sandbox)
    {
        foreach (var family in IpFamily.Both)
        {
            if (balancers.GetValueOrDefault(sandbox.ContainerId)?.Of(family) is { Vips.IsEmpty: false } model)
                yield return new WantedTable(
                    family.TableNamed(BalancerTable.Name), () => Done(() => Rebalance(sandbox, family, model)));
        }
        if (returns.TryGetValue(sandbox.ContainerId, out var back))
        {
            foreach (var family in back.Families)
                yield return new WantedTable(
                    family.Family.TableNamed(ReturnTable.Name), () => Done(() => StateReturn(sandbox, back.Link, family)));
        }

        if (names.HasResolver(sandbox.ContainerId))
            yield return new WantedTable(NamesTableId, () => RestateNamesAsync(sandbox));
        foreach (var table in PolicyTablesOf(sandbox))
            yield return table;
    }

    private void Rebalance(SandboxRecord sandbox, IpFamily family, BalancerModel model) =>
        StateInContainer(sandbox, family.TableNamed(BalancerTable.Name), BalancerTable.Replace(family, model));

    /// <summary>The ports that the rules lead to are orch-net's: it alone can say them.</summary>
    private Task RestateNamesAsync(SandboxRecord sandbox) => StatingAsync(
        ContainerSite + sandbox.ContainerId, NamesTableId, whole: true,
        () => helper.AskAsync(
            new HelperRequest(HelperOperation.RestateResolver, sandbox.ContainerId), mendingEnds.Token));
}
