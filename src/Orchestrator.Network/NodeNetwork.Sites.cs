using Orchestrator.Linux.Netlink;
using Orchestrator.Linux.Nftables;
using Orchestrator.Network.Helper;
using Orchestrator.Network.Hosting;
using Orchestrator.Network.Mending;
using Orchestrator.Network.Overlays;

namespace Orchestrator.Network;

/// <summary>What should be in which namespace, told from the records alone.</summary>
public sealed partial class NodeNetwork
{
    private const string HostSite = "host", OverlaySite = "overlay ", ContainerSite = "container ";

    private static readonly TableId NamesTableId = TableId.Device(ResolverConfig.TableName);

    /// <summary>The host first, for what is in the others hangs on it.</summary>
    private IEnumerable<Site> Sites() =>
    [
        SiteOfHost(),
        .. cluster.Overlays.Where(o => overlays.ContainsKey(o.Network.Id)).Select(SiteOfOverlay),
        .. sandboxes.Values.Where(IsThere).Select(SiteOfContainer),
    ];

    /// <summary>Asked of the file once: a namespace that is open stays.</summary>
    private bool IsThere(SandboxRecord sandbox) =>
        spaces.ContainsKey(ContainerSite + sandbox.ContainerId)
        || NetNamespace.IsPinned(paths.NamespaceOf(sandbox.ContainerId));

    /// <summary>The ingress overlay, once this node is to take part.</summary>
    private OverlayView? IngressOverlay => cluster.Overlays.FirstOrDefault(
        o => o.Network.Id == cluster.Ingress?.NetworkId && overlays.ContainsKey(o.Network.Id));

    /// <summary>Runs a transaction of ours in a namespace; if it is looked after, it will not be taken for
    /// meddling.</summary>
    private void Stating(string site, IReadOnlyCollection<TableId> tables, bool whole, Action transaction)
    {
        if (spaces.TryGetValue(site, out var space))
            space.Stating(tables, whole, transaction);
        else
            transaction();
    }

    /// <summary>Changes elements of a table, if any. Was somebody at it by hand, the whole is stated.</summary>
    private void Change(string site, TableId table, NftBatch change, Action<NftBatch> apply, Action restate)
    {
        if (change.IsEmpty)
            return;
        try
        {
            Stating(site, [table], whole: false, () => apply(change));
        }
        catch (NftException)
        {
            restate();
        }
    }

    private void ChangeInHost(TableId table, NftBatch change, Action restate) =>
        Change(HostSite, table, change, host.Apply, restate);

    private void ChangeInContainer(SandboxRecord sandbox, TableId table, NftBatch change, Action restate) =>
        Change(ContainerSite + sandbox.ContainerId, table, change, batch => InContainer(sandbox, ns => Nft.Apply(ns, batch)), restate);

    private void StateInContainer(SandboxRecord sandbox, TableId table, string script) =>
        Stating(ContainerSite + sandbox.ContainerId, [table], whole: true, () => InContainer(sandbox, ns => Nft.Apply(ns, script)));

    private void InContainer(SandboxRecord sandbox, Action<NetNamespace> work)
    {
        using var ns = NetNamespace.Open(paths.NamespaceOf(sandbox.ContainerId));
        work(ns);
    }

    private async Task StatingAsync(string site, TableId table, bool whole, Func<Task> transaction)
    {
        if (!spaces.TryGetValue(site, out var space))
        {
            await transaction();
            return;
        }

        var before = space.Generation();
        await transaction();
        space.Tables.Stated([table], whole, before, space.Generation());
    }

    private static Task Done(Action work)
    {
        work();
        return Task.CompletedTask;
    }
}
