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
            ChangeInContainer(sandbox, PolicyTable.Id, PolicyTable.Change(present, wanted), restate: () => Restate(sandbox, wanted));
        else
            Restate(sandbox, wanted);
        policies[sandbox.ContainerId] = wanted;
    }

    private void Restate(SandboxRecord sandbox, PolicyModel policy) =>
        StateInContainer(sandbox, PolicyTable.Id, PolicyTable.Replace(policy));

    private IEnumerable<WantedTable> PolicyTablesOf(SandboxRecord sandbox)
    {
        if (policies.TryGetValue(sandbox.ContainerId, out var policy) && !policy.Links.IsEmpty)
            yield return new WantedTable(PolicyTable.Id, () => Done(() => Restate(sandbox, policy)));
    }
}
