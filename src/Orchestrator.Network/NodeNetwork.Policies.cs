using Orchestrator.Linux.Netlink;
using Orchestrator.Linux.Nftables;
using Orchestrator.Network.Hosting;
using Orchestrator.Network.Mending;
using Orchestrator.Network.Policing;

namespace Orchestrator.Network;

/// <summary>Who may talk to whom on the overlays that have a policy.</summary>
public sealed partial class NodeNetwork
{
    private readonly Dictionary<string, PolicyModel> policies = [];

    /// <summary>Keeps out of a container what is not allowed. Nothing is done when nothing changed.</summary>
    private void Police(SandboxRecord sandbox)
    {
        var wanted = PolicyModel.For(
            sandbox.Endpoints, cluster.Overlays.Where(o => sandbox.On(o.Network.Id) is not null));
        var isKnown = policies.TryGetValue(sandbox.ContainerId, out var present);
        // Of one that an earlier daemon made: whatever is there, the whole is stated.
        if (isKnown ? present == wanted : wanted.Links.IsEmpty && sandbox.Endpoints.All(e => networks.ContainsKey(e.NetworkId)))
            return;
        if (isKnown && present!.Links.SetEquals(wanted.Links))
            Change(sandbox, present, wanted);
        else
            Restate(sandbox, wanted);
        policies[sandbox.ContainerId] = wanted;
    }

    private void Change(SandboxRecord sandbox, PolicyModel present, PolicyModel wanted)
    {
        try
        {
            using var ns = NetNamespace.Open(paths.NamespaceOf(sandbox.ContainerId));
            var change = PolicyTable.Change(present, wanted);
            Stating(ContainerSite + sandbox.ContainerId, PolicyTable.Id, whole: false, () => Nft.Apply(ns, change));
        }
        catch (NftException)
        {
            Restate(sandbox, wanted); // The container changed its table.
        }
    }

    private void Restate(SandboxRecord sandbox, PolicyModel policy)
    {
        using var ns = NetNamespace.Open(paths.NamespaceOf(sandbox.ContainerId));
        Stating(ContainerSite + sandbox.ContainerId, PolicyTable.Id, whole: true,
            () => Nft.Apply(ns, PolicyTable.Replace(policy)));
    }

    private IEnumerable<WantedTable> PolicyTablesOf(SandboxRecord sandbox)
    {
        if (policies.TryGetValue(sandbox.ContainerId, out var policy) && !policy.Links.IsEmpty)
            yield return new WantedTable(PolicyTable.Id, () => Done(() => Restate(sandbox, policy)));
    }
}
