using Orchestrator.Build.Cache;
using Orchestrator.Build.Syntax;

namespace Orchestrator.Build.Tests.Cache;

public sealed class CacheFoldersTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("orch-mounts-").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public async Task A_name_means_the_same_folder_from_use_to_use()
    {
        var folders = new CacheFolders(root);

        using var first = await folders.EnterAsync("a", CacheSharing.Shared, CancellationToken.None);
        using var second = await folders.EnterAsync("a", CacheSharing.Shared, CancellationToken.None);
        using var other = await folders.EnterAsync("b", CacheSharing.Shared, CancellationToken.None);

        Assert.True(first.IsNew && !second.IsNew);
        Assert.Equal(first.Path, second.Path);
        Assert.NotEqual(first.Path, other.Path);
    }

    [Fact]
    public async Task Private_gives_the_second_a_folder_of_its_own()
    {
        var folders = new CacheFolders(root);

        var first = await folders.EnterAsync("a", CacheSharing.Private, CancellationToken.None);
        using var second = await folders.EnterAsync("a", CacheSharing.Private, CancellationToken.None);
        first.Dispose();
        using var third = await folders.EnterAsync("a", CacheSharing.Private, CancellationToken.None);

        Assert.NotEqual(first.Path, second.Path);
        Assert.Equal(first.Path, third.Path);
    }

    [Fact]
    public async Task Locked_makes_the_second_wait()
    {
        var folders = new CacheFolders(root);
        var first = await folders.EnterAsync("a", CacheSharing.Locked, CancellationToken.None);

        var second = folders.EnterAsync("a", CacheSharing.Locked, CancellationToken.None);
        Assert.False(second.IsCompleted);
        first.Dispose();

        using var entered = await second;
        Assert.Equal(first.Path, entered.Path);
    }

    [Fact]
    public async Task A_folder_in_use_is_not_removed()
    {
        var folders = new CacheFolders(root);
        var use = await folders.EnterAsync("a", CacheSharing.Shared, CancellationToken.None);

        Assert.False(folders.TryDelete(Path.GetFileName(use.Path)));
        use.Dispose();
        Assert.True(folders.TryDelete(Path.GetFileName(use.Path)));
        Assert.Empty(folders.List());
    }
}
