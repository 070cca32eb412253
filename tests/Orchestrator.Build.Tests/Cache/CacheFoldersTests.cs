using Orchestrator.Build.Cache;
using Orchestrator.Build.Syntax;

namespace Orchestrator.Build.Tests.Cache;

public sealed class CacheFoldersTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("orch-mounts-").FullName;

    private static Task Empty(string path) => Task.CompletedTask;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public async Task A_name_means_the_same_folder_from_use_to_use()
    {
        var folders = new CacheFolders(root);

        using var first = await folders.EnterAsync("a", CacheSharing.Shared, Empty, CancellationToken.None);
        using var second = await folders.EnterAsync("a", CacheSharing.Shared, Empty, CancellationToken.None);
        using var other = await folders.EnterAsync("b", CacheSharing.Shared, Empty, CancellationToken.None);

        Assert.Equal(first.Path, second.Path);
        Assert.NotEqual(first.Path, other.Path);
    }

    [Fact]
    public async Task Private_gives_the_second_a_folder_of_its_own()
    {
        var folders = new CacheFolders(root);

        var first = await folders.EnterAsync("a", CacheSharing.Private, Empty, CancellationToken.None);
        using var second = await folders.EnterAsync("a", CacheSharing.Private, Empty, CancellationToken.None);
        first.Dispose();
        using var third = await folders.EnterAsync("a", CacheSharing.Private, Empty, CancellationToken.None);

        Assert.NotEqual(first.Path, second.Path);
        Assert.Equal(first.Path, third.Path);
    }

    [Fact]
    public async Task Locked_makes_the_second_wait()
    {
        var folders = new CacheFolders(root);
        var first = await folders.EnterAsync("a", CacheSharing.Locked, Empty, CancellationToken.None);

        var second = folders.EnterAsync("a", CacheSharing.Locked, Empty, CancellationToken.None);
        Assert.False(second.IsCompleted);
        first.Dispose();

        using var entered = await second;
        Assert.Equal(first.Path, entered.Path);
    }

    [Fact]
    public async Task A_folder_in_use_is_not_removed()
    {
        var folders = new CacheFolders(root);
        var use = await folders.EnterAsync("a", CacheSharing.Shared, Empty, CancellationToken.None);

        Assert.False(folders.TryDelete(Path.GetFileName(use.Path)));
        use.Dispose();
        Assert.True(folders.TryDelete(Path.GetFileName(use.Path)));
        Assert.Empty(folders.List());
    }

    [Fact]
    public async Task What_a_folder_begins_with_is_put_there_once()
    {
        var folders = new CacheFolders(root);
        var fills = 0;
        async Task Fill(string path)
        {
            await Task.Yield();
            await File.WriteAllTextAsync(Path.Combine(path, "file"), $"{++fills}");
        }

        var uses = await Task.WhenAll(Enumerable.Range(0, 8).Select(
            _ => folders.EnterAsync("a", CacheSharing.Shared, Fill, CancellationToken.None)));

        Assert.Equal("1", await File.ReadAllTextAsync(Path.Combine(uses[0].Path, "file")));
        Assert.Equal(1, fills);
    }

    [Fact]
    public async Task A_folder_that_could_not_be_filled_is_filled_by_the_next()
    {
        var folders = new CacheFolders(root);
        async Task Fail(string path)
        {
            await File.WriteAllTextAsync(Path.Combine(path, "half"), "");
            throw new IOException("disk full");
        }

        await Assert.ThrowsAsync<IOException>(
            () => folders.EnterAsync("a", CacheSharing.Locked, Fail, CancellationToken.None));
        Assert.Empty(Directory.EnumerateFileSystemEntries(root));
        using var second = await folders.EnterAsync(
            "a", CacheSharing.Locked, path => File.WriteAllTextAsync(Path.Combine(path, "whole"), ""), CancellationToken.None);

        Assert.Equal("whole", Path.GetFileName(Directory.EnumerateFiles(second.Path).Single()));
    }
}
