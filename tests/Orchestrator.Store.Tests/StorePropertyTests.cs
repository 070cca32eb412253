using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Orchestrator.Model;
using Orchestrator.Store.Tables;
using Orchestrator.Store.Transactions;

namespace Orchestrator.Store.Tests;

/// <summary>Random histories, against a dictionary, a watcher, a replay and a raft snapshot.</summary>
public sealed class StorePropertyTests
{
    /// <param name="Id">One of a few, so that they meet.</param>
    private sealed record Operation(int Id, int Name, bool Delete);

    private static Arbitrary<Operation[][]> Histories { get; } = (
        from id in Gen.Choose(0, 5)
        from name in Gen.Choose(0, 4)
        from delete in Gen.Elements(true, false, false)
        select new Operation(id, name, delete)).ArrayOf().ArrayOf().ToArbitrary();

    [Fact]
    public void The_store_holds_what_a_dictionary_of_names_would() => Check(history =>
    {
        var (fixture, model) = Run(history);

        return Names(fixture.Store.View()).SequenceEqual(model);
    });

    [Fact]
    public void Every_index_finds_exactly_the_objects_that_have_the_key() => Check(history =>
    {
        var root = Run(history).Fixture.Store.View();

        return Enumerable.Range(0, 5).All(name => root.Services.Find(Indexes.ServiceName, $"n{name}")
            .SequenceEqual(root.Services.All.Where(s => s.Spec.Name == $"n{name}")));
    });

    [Fact]
    public void A_watcher_sees_each_change_once_in_order_and_ends_where_the_store_is() => Check(history =>
    {
        var fixture = new StoreFixture();
        var watcher = fixture.Store.Watch(0);
        Run(history, fixture);

        var seen = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var previous = 0UL;
        while (watcher.TryNext(out var record))
        {
            if (record.PreviousIndex != previous)
                return false;
            previous = record.Index;
            foreach (var change in record.Changes)
            {
                if (seen.GetValueOrDefault(change.Id) != (change.Old as Service)?.Spec.Name)
                    return false;
                if (change.New is Service service)
                    seen[change.Id] = service.Spec.Name;
                else
                    seen.Remove(change.Id);
            }
        }

        return seen.SequenceEqual(Names(fixture.Store.View()));
    });

    [Fact]
    public void The_same_entries_give_the_same_bytes_on_another_member() => Check(history =>
    {
        var fixture = Run(history).Fixture;
        var other = new StoreState();

        foreach (var (index, bytes) in fixture.Recorder.Entries)
            other.Apply(index, 1, bytes);

        return Snapshot(fixture.State).AsSpan().SequenceEqual(Snapshot(other));
    });

    [Fact]
    public void A_restored_raft_snapshot_is_the_state_it_was_taken_of() => Check(history =>
    {
        var fixture = Run(history).Fixture;
        var bytes = Snapshot(fixture.State);
        var other = new StoreState();

        other.Restore(fixture.Store.View().Index, new MemoryStream(bytes));

        return Snapshot(other).AsSpan().SequenceEqual(bytes);
    });

    private static void Check(Func<Operation[][], bool> property) =>
        Prop.ForAll(Histories, property).QuickCheckThrowOnFailure();

    private static SortedDictionary<string, string> Names(StoreRoot root) => new(
        root.Services.All.ToDictionary(s => s.Id.Value, s => s.Spec.Name), StringComparer.Ordinal);

    private static byte[] Snapshot(StoreState state)
    {
        using var stream = new MemoryStream();
        state.CaptureSnapshot()(stream);
        return stream.ToArray();
    }

    private static (StoreFixture Fixture, SortedDictionary<string, string> Model) Run(
        Operation[][] history, StoreFixture? fixture = null)
    {
        fixture ??= new StoreFixture();
        var model = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var operations in history)
        {
            var next = new SortedDictionary<string, string>(model, StringComparer.Ordinal);
            var allowed = operations.All(operation => TryDo(next, operation));
            Assert.Equal(allowed, Commit(fixture, operations));
            model = allowed ? next : model;
        }

        return (fixture, model);
    }

    private static bool TryDo(SortedDictionary<string, string> model, Operation operation)
    {
        var id = operation.Id.ToString(CultureInfo.InvariantCulture);
        if (operation.Delete)
            model.Remove(id);
        else if (model.Any(pair => pair.Value == $"n{operation.Name}" && pair.Key != id))
            return false;
        else
            model[id] = $"n{operation.Name}";
        return true;
    }

    private static bool Commit(StoreFixture fixture, Operation[] operations)
    {
        try
        {
            fixture.Store.UpdateAsync(tx => Array.ForEach(operations, o => Do(tx, o)), default).GetAwaiter().GetResult();
            return true;
        }
        catch (NameConflictException)
        {
            return false;
        }
    }

    private static void Do(Transaction tx, Operation operation)
    {
        var id = operation.Id.ToString(CultureInfo.InvariantCulture);
        if (operation.Delete)
            tx.Services.Delete(id);
        else if (tx.Services.Get(id) is { } service)
            tx.Services.Update(service with
            {
                Spec = service.Spec with { Annotations = Annotations.Named($"n{operation.Name}") },
            });
        else
            tx.Services.Create(StoreFixture.Service(id, $"n{operation.Name}"));
    }
}
