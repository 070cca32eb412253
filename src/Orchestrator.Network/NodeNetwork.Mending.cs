using System.Collections.Immutable;
using Orchestrator.Network.Mending;

namespace Orchestrator.Network;

/// <summary>Compares what is with what should be, and puts it right.</summary>
public sealed partial class NodeNetwork
{
    /// <summary>A link that was made has others hang on it: bridge, port, address, route.</summary>
    private const int MaxRounds = 5;

    /// <summary>Passes between two that list everything, whether or not the kernel told of a change.</summary>
    private const int ThoroughEvery = 30;

    private readonly Dictionary<string, Space> spaces = [];
    private readonly HashSet<string> adopted = [];
    private readonly CancellationTokenSource mendingEnds = new();
    private ImmutableHashSet<NetworkDrift> told = [];
    private ImmutableHashSet<NetworkDrift> unmended = []; // By the last pass that tried.
    private Task mending = Task.CompletedTask;

    /// <summary>Told of everything that was found wrong and put right, and once of what cannot be.</summary>
    /// <remarks>Raised by the background pass, outside of the lock.</remarks>
    public event Action<ImmutableArray<NetworkDrift>>? Drifted;

    /// <summary>Compares everything that is with what should be.</summary>
    /// <param name="mend">Put it right, too.</param>
    /// <returns>What was wrong; with a fault what still is.</returns>
    public Task<ImmutableArray<NetworkDrift>> CheckAsync(bool mend, CancellationToken cancellationToken) =>
        ExclusiveAsync(() => PassAsync(mend, thorough: true), cancellationToken);

    private void StartMending()
    {
        adopted.UnionWith(sandboxes.Keys);
        if (options.MendInterval != Timeout.InfiniteTimeSpan)
            mending = MendAsync(mendingEnds.Token);
    }

    private async Task StopMendingAsync()
    {
        if (mending.IsCompleted && mendingEnds.IsCancellationRequested)
            return;
        await mendingEnds.CancelAsync();
        await mending;
    }

    private void CloseSpaces()
    {
        foreach (var space in spaces.Values)
            space.Dispose();
        spaces.Clear();
    }

    private async Task MendAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(options.MendInterval);
        for (var pass = 1; ; pass++)
        {
            try
            {
                await timer.WaitForNextTickAsync(cancellationToken);
                var thorough = pass % ThoroughEvery == 0;
                Report(await ExclusiveAsync(() => PassAsync(mend: true, thorough), cancellationToken));
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                // Whatever it was, it must not end the looking after.
                Report([new NetworkDrift("host", "its network cannot be read", e.Message)]);
            }
        }
    }

    /// <summary>What could not be mended is told once, not each second.</summary>
    private void Report(ImmutableArray<NetworkDrift> drifts)
    {
        var news = drifts.RemoveAll(told.Contains);
        if (!news.IsEmpty)
            Drifted?.Invoke(news);
        told = [.. drifts.Where(d => d.Fault is not null)];
    }

    private async Task<ImmutableArray<NetworkDrift>> PassAsync(bool mend, bool thorough)
    {
        var drifts = ImmutableArray.CreateBuilder<NetworkDrift>();
        FollowUnderlay(thorough);
        if (mend)
            drifts.AddRange(MendProxy());
        if (mend && thorough)
            drifts.AddRange(await RetryLostPortsAsync(mendingEnds.Token));
        drifts.AddRange(LostPorts);
        var sites = Sites().ToList();
        foreach (var gone in spaces.Keys.Except(sites.Select(s => s.Key)).ToList())
            CloseSpace(gone);
        foreach (var site in sites)
        {
            try
            {
                drifts.AddRange(await VisitAsync(site, await OpenSpaceAsync(site), mend, thorough));
            }
            catch (Exception e) when (IsKernel(e) || e is NetworkException)
            {
                drifts.Add(new NetworkDrift(site.Place, "its network cannot be read", e.Message));
                CloseSpace(site.Key); // The namespace may be another one by now.
            }
        }

        if (mend)
            unmended = [.. drifts.Where(d => d.Fault is not null)];
        return drifts.ToImmutable();
    }

    private async Task<Space> OpenSpaceAsync(Site site)
    {
        if (spaces.TryGetValue(site.Key, out var space))
            return space;
        spaces[site.Key] = space = Space.Open(site.Enter(), site.IsOverlay);
        foreach (var table in site.Tables)
        {
            if (!site.IsTrusted)
                await TryRestateAsync(table);
            space.Tables.Trust(table.Id, space.Generation());
        }

        return space;
    }

    private static async Task TryRestateAsync(WantedTable table)
    {
        try
        {
            await table.RestateAsync();
        }
        catch (NetworkException)
        {
            // An orch-net that outlived an upgrade does not know how: what is there is taken for right.
        }
    }

    private void CloseSpace(string key)
    {
        if (spaces.Remove(key, out var space))
            space.Dispose();
    }

    private static async Task<List<NetworkDrift>> VisitAsync(Site site, Space space, bool mend, bool thorough)
    {
        var drifts = new List<NetworkDrift>();
        for (var round = 1; round <= MaxRounds; round++)
        {
            // First: a link that is not to have IPv6 takes none of its addresses.
            var changes = site.Settings.Where(s => space.Setting(s.Path) is { } found && found != s.Value)
                .Select(SpaceChange (s) => new SpaceChange.Set(s.Path, s.Value)).ToList();
            if (space.IsDue() || (thorough && round == 1))
                changes.AddRange(Compare(site.Wanted(), space));
            changes.AddRange(site.States.Where(s => !s.Holds()).Select(s => new SpaceChange.Restore(s.Finding)));
            var disturbed = space.Tables.Disturbed([.. site.Tables.Where(t => t.IsWanted()).Select(t => t.Id)], space);
            changes.AddRange(disturbed.Select(t => new SpaceChange.Restate(t.ToString())));
            if (changes.Count == 0)
                break;
            space.LookAgain();
            var found = round < MaxRounds
                ? await ApplyAllAsync(site, space, changes, mend)
                : changes.ConvertAll(c => new NetworkDrift(site.Place, c.Finding, "something changes it back each time"));
            drifts.AddRange(found.Except(drifts));
            if (!mend || found.TrueForAll(d => d.Fault is not null))
                break;
        }

        return drifts;
    }

    private static List<SpaceChange> Compare(WantedSpace wanted, Space space) =>
        SpaceComparison.Compare(wanted, space.Dump(
            ways: !wanted.Ways.IsEmpty, answers: wanted.Links.Any(l => l.Peers is not null), all: !wanted.Kept.IsEmpty));

    private static async Task<List<NetworkDrift>> ApplyAllAsync(Site site, Space space, List<SpaceChange> changes, bool mend)
    {
        var drifts = new List<NetworkDrift>();
        var isGuarded = true;
        foreach (var change in changes)
        {
            string? fault = null;
            try
            {
                if (!isGuarded && change is SpaceChange.Enslave or SpaceChange.Limit)
                    throw new NetworkException(NetworkFault.Kernel, "its guard could not be stated");
                if (mend || change is SpaceChange.Displaced) // Which nothing is done about: it only says so.
                    await ApplyAsync(site, space, change);
            }
            catch (Exception e) when (IsKernel(e) || e is NetworkException)
            {
                fault = e.Message;
                isGuarded &= change is not SpaceChange.Guard;
            }

            drifts.Add(new NetworkDrift(site.Place, change.Finding, fault));
        }

        return drifts;
    }

    private static async Task ApplyAsync(Site site, Space space, SpaceChange change)
    {
        switch (change)
        {
            case SpaceChange.Restate:
                await site.Tables.First(t => t.Id.ToString() == change.Subject).RestateAsync();
                break;
            case SpaceChange.Guard:
                await site.Tables.First(t => t.Id == Overlays.GuardTable.Id).RestateAsync();
                break;
            case SpaceChange.Restore:
                site.States.First(s => s.Finding == change.Subject).Restore();
                break;
            case SpaceChange.Set set:
                space.Set(set.Subject, set.Value);
                break;
            case SpaceChange.Make:
                if (!site.Make(change.Subject))
                    throw new NetworkException(NetworkFault.NotFound, "nothing is known that would make it");
                break;
            default:
                LinkMender.Apply(space.Route, change);
                break;
        }
    }

    private static bool IsKernel(Exception e) => e is IOException or UnauthorizedAccessException;
}
