using System.Collections.Concurrent;
using Orchestrator.Build.Syntax;
using Orchestrator.Linux.Files;

namespace Orchestrator.Build.Cache;

/// <summary>Folders that steps mount with <c>--mount=type=cache</c>: each has a name, and stays from build to build.
/// </summary>
/// <param name="root">Holds them; each is named by the hash of its name and a number, 0 unless private.</param>
public sealed class CacheFolders(string root)
{
    private readonly ConcurrentDictionary<string, SemaphoreSlim> turns = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> users = new(StringComparer.Ordinal);

    /// <summary>A folder in use; disposing lets others have it.</summary>
    public sealed record Use(string Path, bool IsNew, Action Leave) : IDisposable
    {
        public void Dispose() => Leave();
    }

    /// <summary>Takes a folder, making it if need be.</summary>
    /// <param name="sharing">Whether to wait for, pass by or join others that use it.</param>
    public async Task<Use> EnterAsync(string id, CacheSharing sharing, CancellationToken cancellationToken)
    {
        using var key = new CacheKey("cache folder 1").Add(id);
        var name = key.ToString();
        switch (sharing)
        {
            case CacheSharing.Locked:
                var turn = turns.GetOrAdd(name, _ => new SemaphoreSlim(1, 1));
                await turn.WaitAsync(cancellationToken);
                return Enter(name, () => turn.Release());
            case CacheSharing.Private:
                var number = 0;
                while (!users.TryAdd($"{name}-{number}", 1))
                    number++;
                return Take($"{name}-{number}", () => users.TryRemove($"{name}-{number}", out _));
            default:
                return Enter(name, () => { });
        }
    }

    /// <summary>Folders that nobody uses right now.</summary>
    public IReadOnlyList<string> Idle() => !Directory.Exists(root) ? []
        : [.. Directory.EnumerateDirectories(root).Where(path => users.GetValueOrDefault(System.IO.Path.GetFileName(path)) == 0)];

    /// <summary>All folders.</summary>
    public IReadOnlyList<string> List() => Directory.Exists(root) ? Directory.GetDirectories(root) : [];

    /// <param name="name">Of one that is idle.</param>
    public void Delete(string name) => DirectoryTree.Delete(System.IO.Path.Combine(root, name));

    private Use Enter(string name, Action leave)
    {
        var first = $"{name}-0";
        users.AddOrUpdate(first, 1, (_, count) => count + 1);
        return Take(first, () =>
        {
            users.AddOrUpdate(first, 0, (_, count) => count - 1);
            leave();
        });
    }

    private Use Take(string name, Action leave)
    {
        var path = System.IO.Path.Combine(root, name);
        var isNew = !Directory.Exists(path);
        Directory.CreateDirectory(path);
        return new Use(path, isNew, leave);
    }
}
