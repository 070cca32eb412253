using Orchestrator.Model;
using Orchestrator.Store.Tables;
using Orchestrator.Store.Transactions;
using StoreChange = Orchestrator.Protocol.V1.StoreChange;
using StoreTransaction = Orchestrator.Protocol.V1.StoreTransaction;

namespace Orchestrator.Store.Tests;

public sealed class ObjectStoreTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly StoreFixture fixture = new();

    [Fact]
    public async Task The_version_of_an_object_is_the_index_of_the_entry_that_wrote_it()
    {
        var created = await fixture.Store.UpdateAsync(tx => tx.Services.Create(StoreFixture.Service("s1", "web")), None);

        var stored = fixture.Store.View().Services.Get("s1")!;
        Assert.Equal(created.Index, stored.Meta.Version);
        Assert.Equal(created.Index, fixture.Store.View().Index);
        Assert.Equal(fixture.Recorder.Entries[^1].Index, created.Index);
    }

    [Fact]
    public async Task An_update_from_an_old_version_is_out_of_sequence_and_changes_nothing()
    {
        await fixture.Put(StoreFixture.Service("s1", "web"));
        var old = fixture.Store.View().Services.Get("s1")!;
        await fixture.Store.UpdateAsync(tx => tx.Services.Update(old with { PendingDelete = true }), None);

        var refused = await Assert.ThrowsAsync<OutOfSequenceException>(
            () => fixture.Store.UpdateAsync(tx => tx.Services.Update(old), None));

        Assert.Equal("update out of sequence", refused.Message);
        Assert.True(fixture.Store.View().Services.Get("s1")!.PendingDelete);
    }

    [Fact]
    public async Task A_name_belongs_to_one_object_whatever_its_case()
    {
        await fixture.Put(StoreFixture.Service("s1", "web"));

        var refused = await Assert.ThrowsAsync<NameConflictException>(() => fixture.Put(StoreFixture.Service("s2", "WEB")));

        Assert.Equal("web", refused.Key);
        Assert.Single(fixture.Store.View().Services.All);
    }

    [Fact]
    public async Task A_freed_name_can_be_taken_again()
    {
        await fixture.Put(StoreFixture.Service("s1", "web"));

        await fixture.Store.UpdateAsync(
            tx =>
            {
                tx.Services.Delete("s1");
                tx.Services.Create(StoreFixture.Service("s2", "web"));
            },
            None);

        Assert.Equal("s2", Assert.Single(fixture.Store.View().Services.Find(Indexes.ServiceName, "web")).Id.Value);
    }

    [Fact]
    public async Task Transactions_follow_one_another_without_waiting_for_commitment()
    {
        fixture.Log.Hold();

        var first = fixture.Put(StoreFixture.Service("s1", "web"));
        var second = fixture.Store.UpdateAsync(
            tx => tx.Services.Update(tx.Services.Get("s1")! with { PendingDelete = true }), None);

        Assert.Null(fixture.Store.View().Services.Get("s1"));
        fixture.Log.Release();
        await Task.WhenAll(first, second);
        Assert.True(fixture.Store.View().Services.Get("s1")!.PendingDelete);
        Assert.Equal((await second).Index, fixture.Store.View().Services.Get("s1")!.Meta.Version);
    }

    [Fact]
    public async Task A_transaction_runs_again_when_what_it_read_has_changed()
    {
        await fixture.Put(StoreFixture.Service("s1", "web"));
        var runs = 0;

        await fixture.Store.UpdateAsync(
            tx =>
            {
                var read = tx.Services.Get("s1")!;
                if (++runs == 1)
                    Touch("s1");
                tx.Services.Create(StoreFixture.Service("s2", $"copy-of-{read.PendingDelete}"));
            },
            None);

        Assert.Equal(2, runs);
        Assert.Equal("copy-of-True", fixture.Store.View().Services.Get("s2")!.Spec.Name);
    }

    [Fact]
    public async Task A_transaction_runs_again_when_a_search_would_find_others()
    {
        var runs = 0;

        await fixture.Store.UpdateAsync(
            tx =>
            {
                var found = tx.Services.Find(Indexes.ServiceName, "web").Count;
                if (++runs == 1)
                    fixture.Put(StoreFixture.Service("s1", "web")).GetAwaiter().GetResult();
                tx.Services.Create(StoreFixture.Service("s2", $"found-{found}"));
            },
            None);

        Assert.Equal(2, runs);
        Assert.Equal("found-1", fixture.Store.View().Services.Get("s2")!.Spec.Name);
    }

    [Fact]
    public async Task A_transaction_that_looked_elsewhere_does_not_run_again()
    {
        await fixture.Put(StoreFixture.Service("s1", "web"), StoreFixture.Service("s2", "db"));
        var runs = 0;

        await fixture.Store.UpdateAsync(
            tx =>
            {
                var read = tx.Services.Get("s1")!;
                if (++runs == 1)
                    Touch("s2");
                tx.Services.Update(read with { PendingDelete = true });
            },
            None);

        Assert.Equal(1, runs);
    }

    [Fact]
    public async Task Two_names_taken_at_once_go_to_one_of_them()
    {
        var runs = 0;

        var refused = await Assert.ThrowsAsync<NameConflictException>(() => fixture.Store.UpdateAsync(
            tx =>
            {
                runs++;
                var created = tx.Services.Create(StoreFixture.Service("s2", "web"));
                if (runs == 1)
                    fixture.Put(StoreFixture.Service("s1", "web")).GetAwaiter().GetResult();
                return created;
            },
            None));

        Assert.Equal("web", refused.Key);
        Assert.Equal(2, runs);
    }

    [Fact]
    public async Task What_was_speculated_is_void_once_leadership_is_lost()
    {
        fixture.Log.Hold();
        var lost = fixture.Put(StoreFixture.Service("s1", "web"));
        fixture.Log.StepDown();
        fixture.Log.Release();
        fixture.Log.Lead();

        await fixture.Put(StoreFixture.Service("s2", "web"));

        await Assert.ThrowsAsync<ProposalUnknownException>(() => lost);
        Assert.Equal("s2", Assert.Single(fixture.Store.View().Services.All).Id.Value);
    }

    [Fact]
    public async Task A_manager_that_does_not_lead_takes_no_write()
    {
        fixture.Log.StepDown();

        await Assert.ThrowsAsync<NotLeaderException>(() => fixture.Put(StoreFixture.Service("s1", "web")));
    }

    [Fact]
    public async Task An_object_over_the_limit_is_refused_by_name()
    {
        var small = new StoreFixture(new StoreOptions { MaxObjectBytes = 100 });

        var refused = await Assert.ThrowsAsync<TooLargeException>(
            () => small.Put(StoreFixture.Service("s1", "web", new string('x', 200))));

        Assert.StartsWith("The service s1 takes", refused.Message, StringComparison.Ordinal);
        Assert.Empty(small.Recorder.Entries);
    }

    [Fact]
    public void An_entry_that_replaces_another_version_stops_the_member()
    {
        var entry = new StoreTransaction { Schema = 1 };
        entry.Changes.Add(new StoreChange { Kind = (uint)ObjectKind.Service, Id = "s1", PreviousVersion = 7 });

        var damage = Assert.Throws<StoreDamagedException>(
            () => fixture.State.Apply(9, 1, Google.Protobuf.MessageExtensions.ToByteArray(entry)));

        Assert.Contains("has version 0, the entry replaces 7", damage.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_transaction_that_writes_nothing_appends_nothing()
    {
        await fixture.Store.UpdateAsync(tx => tx.Services.Delete("none"), None);

        Assert.Empty(fixture.Recorder.Entries);
    }

    [Fact]
    public async Task Increments_from_many_threads_are_all_counted()
    {
        await fixture.Store.UpdateAsync(tx => tx.Nodes.Create(new Node { Id = new NodeId("n") }), None);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 50; i++)
                await Increment();
        })));

        Assert.Equal("400", fixture.Store.View().Nodes.Get("n")!.Status.Message);
    }

    private async Task Increment()
    {
        try
        {
            await fixture.Store.UpdateAsync(
                tx =>
                {
                    var node = tx.Nodes.Get("n")!;
                    var count = node.Status.Message.Length == 0 ? 0 : int.Parse(node.Status.Message, null);
                    return tx.Nodes.Update(node with { Status = node.Status with { Message = $"{count + 1}" } });
                },
                None);
        }
        catch (ContentionException)
        {
            await Increment();
        }
    }

    private void Touch(string id) => fixture.Store.UpdateAsync(
        tx => tx.Services.Update(tx.Services.Get(id)! with { PendingDelete = true }), None).GetAwaiter().GetResult();
}
