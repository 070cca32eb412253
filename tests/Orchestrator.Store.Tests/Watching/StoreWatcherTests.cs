using Orchestrator.Model;
using Orchestrator.Store.Watching;

namespace Orchestrator.Store.Tests.Watching;

public sealed class StoreWatcherTests
{
    [Fact]
    public async Task A_waiting_reader_is_woken_by_the_next_change()
    {
        var fixture = new StoreFixture();
        var next = fixture.Store.ViewAndWatch().Watcher.NextAsync(CancellationToken.None);
        Assert.False(next.IsCompleted);

        await fixture.Put(StoreFixture.Service("s1", "web"));

        var change = Assert.Single((await next).Changes);
        Assert.Null(change.Old);
        Assert.Equal("web", Assert.IsType<Service>(change.New).Spec.Name);
    }

    [Fact]
    public async Task A_reader_that_resumes_from_its_position_misses_nothing()
    {
        var fixture = new StoreFixture();
        await fixture.Put(StoreFixture.Service("s1", "a"));
        var first = fixture.Store.Watch(0);
        Assert.True(first.TryNext(out _));
        await fixture.Put(StoreFixture.Service("s2", "b"));

        var resumed = fixture.Store.Watch(first.Position);

        Assert.True(resumed.TryNext(out var record));
        Assert.Equal("s2", Assert.Single(record.Changes).Id);
        Assert.False(resumed.TryNext(out _));
    }

    [Fact]
    public async Task A_reader_overrun_by_the_writers_is_told_to_list_again()
    {
        var fixture = new StoreFixture(watch: new WatchOptions { Records = 2 });
        var slow = fixture.Store.Watch(0);

        await fixture.Put(StoreFixture.Service("s1", "a"));
        await fixture.Put(StoreFixture.Service("s2", "b"));
        Assert.True(fixture.Store.Watch(0).TryNext(out _));
        await fixture.Put(StoreFixture.Service("s3", "c"));

        Assert.Throws<CompactedException>(() => slow.TryNext(out _));
        var (root, watcher) = fixture.Store.ViewAndWatch();
        Assert.Equal(3, root.Services.Count);
        Assert.False(watcher.TryNext(out _));
    }

    [Fact]
    public async Task History_is_bounded_in_bytes_too()
    {
        var fixture = new StoreFixture(watch: new WatchOptions { Bytes = 1 });
        var slow = fixture.Store.Watch(0);

        await fixture.Put(StoreFixture.Service("s1", "a"));
        await fixture.Put(StoreFixture.Service("s2", "b"));

        Assert.Throws<CompactedException>(() => slow.TryNext(out _));
    }

    [Fact]
    public async Task A_raft_snapshot_reaches_watchers_as_the_difference_it_makes()
    {
        var source = new StoreFixture();
        await source.Put(StoreFixture.Service("kept", "a"), StoreFixture.Service("gone", "b"));
        var follower = new StoreState();
        follower.Apply(source.Recorder.Entries[0].Index, 1, source.Recorder.Entries[0].Bytes);
        var watcher = follower.Watch(follower.Committed.Index);
        await source.Store.UpdateAsync(tx => tx.Services.Delete("gone"), CancellationToken.None);
        await source.Put(StoreFixture.Service("new", "c"));

        using var stream = new MemoryStream();
        source.State.CaptureSnapshot()(stream);
        stream.Position = 0;
        follower.Restore(source.Store.View().Index, stream);

        Assert.True(watcher.TryNext(out var record));
        Assert.True(record.Resync);
        Assert.Equal(["gone", "new"], record.Changes.Select(c => c.Id).Order());
        Assert.Equal(source.Store.View().Index, record.Index);
    }
}
