using System.Runtime.CompilerServices;
using Orchestrator.Store;
using Orchestrator.Store.Tables;
using Orchestrator.Store.Watching;

namespace Orchestrator.Manager.Loops;

internal static class StoreFollower
{
    /// <summary>
    /// The state now, and again whenever an object of one of <paramref name="kinds"/> has changed; a slow reader skips
    /// states.
    /// </summary>
    public static async IAsyncEnumerable<StoreRoot> FollowAsync(
        this ObjectStore store, ObjectKind[] kinds, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (root, watcher) = store.ViewAndWatch();
        while (true)
        {
            yield return root;
            watcher = await WaitAsync(store, watcher, kinds, cancellationToken);
            root = store.View();
        }
    }

    private static async Task<StoreWatcher> WaitAsync(
        ObjectStore store, StoreWatcher watcher, ObjectKind[] kinds, CancellationToken cancellationToken)
    {
        try
        {
            while (!(await watcher.NextAsync(cancellationToken)).Changes.Any(change => kinds.Contains(change.Kind)))
            {
            }

            while (watcher.TryNext(out _))
            {
            }

            return watcher;
        }
        catch (CompactedException)
        {
            return store.ViewAndWatch().Watcher;
        }
    }
}
