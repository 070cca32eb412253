using Orchestrator.Linux.Netlink;
using Orchestrator.Linux.Nftables;
using Orchestrator.Network.Hosting;

namespace Orchestrator.Network.Mending;

/// <summary>A namespace that is looked after: sockets that stay open in it, and what was last known of it.</summary>
/// <remarks>
/// While nothing happens in it, a look costs two system calls for links, addresses and routes, two for tables, and one
/// a setting.
/// </remarks>
internal sealed class Space : IDisposable, ITableSource
{
    private readonly NetNamespace ns;
    private readonly RouteWatch watch;
    private readonly NftReader nft;
    private readonly SettingReader settings;
    private bool isDue = true;

    private Space(NetNamespace ns, bool isOverlay)
    {
        this.ns = ns;
        (IsOverlay, settings) = (isOverlay, new SettingReader(ns.Run));
        (Route, watch, nft) = ns.Run(() => (RouteSocket.Open(), RouteWatch.Open(isOverlay), NftReader.Open()));
    }

    public bool IsOverlay { get; }

    public RouteSocket Route { get; }

    public TableTrust Tables { get; } = new();

    /// <param name="ns">Owned by the new space.</param>
    public static Space Open(NetNamespace ns, bool isOverlay)
    {
        try
        {
            return new Space(ns, isOverlay);
        }
        catch
        {
            ns.Dispose();
            throw;
        }
    }

    /// <summary>Has anything changed since the last look that was not followed by <see cref="LookAgain"/>?</summary>
    public bool IsDue()
    {
        var was = isDue;
        isDue = false;
        return watch.Drain() || was;
    }

    /// <summary>Have it looked at next time, whether or not anything changes.</summary>
    public void LookAgain() => isDue = true;

    /// <param name="ways">Rules and routes of the ingress, too.</param>
    /// <param name="all">All routes, rules and classes, too.</param>
    /// <param name="answers">Permanent neighbour entries, too.</param>
    public SpaceDump Dump(bool ways, bool answers, bool all) =>
        SpaceDump.Read(Route, neighbours: IsOverlay, ways, answers, all);

    public string? Setting(string path) => settings.Read(path);

    public void Set(string path, string value) => ns.Run(() => Sysctl.Set(path, value));

    public uint Generation() => nft.Generation();

    public UInt128? Fingerprint(TableId table) => nft.Fingerprint(table.Family, table.Name);

    /// <summary>Runs a transaction of ours, and remembers that it was ours.</summary>
    /// <param name="tables">That it changes, or may.</param>
    /// <param name="whole">It states them whole.</param>
    public void Stating(IReadOnlyCollection<TableId> tables, bool whole, Action transaction)
    {
        var before = Generation();
        transaction();
        Tables.Stated(tables, whole, before, Generation());
    }

    public void Dispose()
    {
        settings.Dispose();
        nft.Dispose();
        watch.Dispose();
        Route.Dispose();
        ns.Dispose();
    }
}
