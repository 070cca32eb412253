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
    private readonly ConcurrentDictionary<string, SemaphoreSlim> makers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> users = new(StringComparer.Ordinal);
    private readonly Lock gate = new();

    /// <summary>A folder in use; disposing lets others have it.</summary>
    public sealed record Use(string Path, Action Leave) : IDisposable
    {
        public void Dispose() => Leave();
    }

    /// <summary>Removes what a crash has left half made or half removed.</summary>
    public void Sweep()
    {
        foreach (var path in Directory.Exists(root) ? Directory.GetDirectories(root, ".*") : [])
            DirectoryTree.Delete(path);
    }

    /// <summary>Takes a folder, making it if need be.</summary>
    /// <param name="sharing">Whether to wait for, pass by or join others that use it.</param>
    /// <param name="fill">Told where to put what a new folder begins with; there is no folder if this fails.</param>
    public async Task<Use> EnterAsync(
        string id, CacheSharing sharing, Func<string, Task> fill, CancellationToken cancellationToken)
    {
        using var key = new CacheKey("cache folder 1").Add(id);
        var use = await TakeAsync(key.ToString(), sharing, cancellationToken);
        try
        {
            await MakeAsync(use.Path, fill, cancellationToken);
            return use;
        }
        catch
        {
            use.Dispose();
            throw;
        }
    }

    /// <summary>All folders.</summary>
    public IReadOnlyList<string> List() => !Directory.Exists(root) ? []
        : [.. Directory.GetDirectories(root).Where(path => !System.IO.Path.GetFileName(path).StartsWith('.'))];

    /// <summary>Removes a folder, with what is in it.</summary>
    /// <returns>False: somebody uses it, or it is gone already.</returns>
    public bool TryDelete(string name)
    {
        var doomed = System.IO.Path.Combine(root, $".{Guid.NewGuid():N}");
        lock (gate)
        {
            if (users.GetValueOrDefault(name) > 0 || !Directory.Exists(System.IO.Path.Combine(root, name)))
                return false;
            Directory.Move(System.IO.Path.Combine(root, name), doomed);
        }

        DirectoryTree.Delete(doomed);
        return true;
    }

    private async Task<Use> TakeAsync(string name, CacheSharing sharing, CancellationToken cancellationToken)
    {
        if (sharing != CacheSharing.Locked)
            return Take(name, alone: sharing == CacheSharing.Private, () => { });
        var turn = turns.GetOrAdd(name, _ => new SemaphoreSlim(1, 1));
        await turn.WaitAsync(cancellationToken);
        return Take(name, alone: false, () => turn.Release());
    }

    private Use Take(string id, bool alone, Action leave)
    {
        lock (gate)
        {
            var number = 0;
            while (alone && users.GetValueOrDefault($"{id}-{number}") > 0)
                number++;
            var name = $"{id}-{number}";
            users[name] = users.GetValueOrDefault(name) + 1;
            return new Use(System.IO.Path.Combine(root, name), () => Leave(name, leave));
        }
    }

    /// <summary>Who comes while another fills it waits; it has its name only once it is filled.</summary>
    private async Task MakeAsync(string path, Func<string, Task> fill, CancellationToken cancellationToken)
    {
        var turn = makers.GetOrAdd(path, _ => new SemaphoreSlim(1, 1));
        await turn.WaitAsync(cancellationToken);
        var making = System.IO.Path.Combine(root, $".{Guid.NewGuid():N}");
        try
        {
            if (Directory.Exists(path))
                return;
            Directory.CreateDirectory(making);
            await fill(making);
            Directory.Move(making, path);
        }
        finally
        {
            DirectoryTree.Delete(making);
            turn.Release();
        }
    }

    private void Leave(string name, Action leave)
    {
        lock (gate)
            users[name]--;
        leave();
    }
}
