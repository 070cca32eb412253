using FsCheck;
using FsCheck.Fluent;
using Orchestrator.Manager.Images;
using Orchestrator.Model;
using Orchestrator.Store;
using Orchestrator.Store.Host;
using Orchestrator.Store.Tables;
using P = Orchestrator.Protocol.V1;

namespace Orchestrator.Manager.Tests.Images;

/// <summary>Random histories of pushes and removals, some sent again because nobody knew what came of them.</summary>
public sealed class NamesRulesTests
{
    /// <param name="Back">0: a new change; else the change made so many before, sent again.</param>
    private sealed record Step(int Kind, int Repository, int Manifest, int Tag, int Back);

    private static Arbitrary<Step[]> Histories { get; } = (
        from kind in Gen.Choose(0, 4)
        from repository in Gen.Choose(0, 1)
        from manifest in Gen.Choose(0, 2)
        from tag in Gen.Choose(0, 2)
        from back in Gen.Frequency((3, Gen.Constant(0)), (1, Gen.Choose(1, 4)))
        select new Step(kind, repository, manifest, tag, back)).ArrayOf().ToArbitrary();

    [Fact]
    public void Every_tag_names_a_manifest_that_its_repository_has() => Check(history =>
    {
        var store = new History();
        store.Run(history);
        var root = store.Root;

        return root.Tags.All.All(t => root.Manifests.Get(RepositoryManifest.IdOf(t.Repository, t.Digest)) is not null);
    });

    [Fact]
    public void A_change_sent_again_at_once_does_what_it_did_once() => Check(history =>
    {
        var store = new History();
        foreach (var step in history)
        {
            store.Run([step with { Back = 0 }]);
            var once = store.Names;
            store.Run([step with { Back = 1 }]);
            if (!once.SequenceEqual(store.Names))
                return false;
        }

        return true;
    });

    [Fact]
    public void A_change_sent_again_moves_no_tag_that_another_has_moved_since() => Check(history =>
    {
        var store = new History();
        foreach (var step in history)
        {
            var before = store.Tags;
            var again = store.Run([step]);
            if (again is { Repeated: true } && store.Tags.Any(t => before.GetValueOrDefault(t.Key) is var old
                && old != t.Value && old.Version != again.Seen))
                return false;
        }

        return true;
    });

    [Fact]
    public void What_is_taken_over_late_brings_nothing_back()
    {
        var store = new History();
        store.Do(new P.NamesChange { TakeOver = new P.TakeOverNames { State = new P.RegistryState() } });

        store.Do(new P.NamesChange
        {
            TakeOver = new P.TakeOverNames
            {
                Tags = { new P.RepositoryTag { Repository = "r", Tag = "1", Digest = "d" } },
                Logins = { new P.RegistryLogin { Name = "gone" } },
            },
        });

        Assert.Empty(store.Root.Tags.All);
        Assert.Empty(store.Root.Logins.All);
    }

    /// <summary>What each manager writes when it shortens its log, and sends to one that was away for long.</summary>
    [Fact]
    public void Ten_thousand_tags_make_a_raft_snapshot_of_less_than_four_megabytes()
    {
        var store = new History();
        for (var i = 0; i < 10_000; i += 200)
        {
            var names = Enumerable.Range(i, 200).Select(n => Put($"team/service-{n % 50}", Digest(n), $"v1.{n}").Put);
            store.Do(new P.NamesChange
            {
                TakeOver = new P.TakeOverNames
                {
                    Manifests = { names.Select(n => n.Manifest) },
                    Tags =
                    {
                        names.Select(n => new P.RepositoryTag
                        {
                            Repository = n.Manifest.Repository, Tag = n.Tag, Digest = n.Manifest.Digest,
                        }),
                    },
                },
            });
        }

        using var snapshot = new MemoryStream();
        store.State.CaptureSnapshot()(snapshot);

        Assert.Equal(10_000, store.Root.Tags.Count);
        Assert.InRange(snapshot.Length, 1, 4_000_000);
    }

    private static string Digest(int number) => $"sha256:{number:x64}";

    private static P.NamesChange Put(string repository, string digest, string tag) => new()
    {
        Put = new P.PutManifest
        {
            Manifest = new P.RepositoryManifest
            {
                Repository = repository,
                Digest = digest,
                MediaType = "application/vnd.oci.image.manifest.v1+json",
                SizeBytes = 1234,
            },
            Tag = tag,
        },
    };

    private static void Check(Func<Step[], bool> holds) =>
        Prop.ForAll(Histories, history => holds(history)).QuickCheckThrowOnFailure();

    private sealed class History
    {
        private readonly ObjectStore store;
        private readonly List<P.NamesChange> made = [];

        public History()
        {
            State = new StoreState();
            store = new ObjectStore(State, new SoloLog(State), TimeProvider.System);
        }

        public StoreState State { get; }

        public StoreRoot Root => store.View();

        public IEnumerable<string> Names =>
        [
            .. Root.Tags.All.Select(t => $"{t.Id}={t.Digest}"), .. Root.Manifests.All.Select(m => m.Id),
            .. Root.Logins.All.Select(l => l.Name),
        ];

        public Dictionary<string, (string Digest, ulong Version)> Tags =>
            Root.Tags.All.ToDictionary(t => t.Id, t => (t.Digest, t.Meta.Version));

        /// <returns>The last change that was made.</returns>
        public P.NamesChange? Run(Step[] history)
        {
            P.NamesChange? last = null;
            foreach (var step in history)
            {
                last = Next(step);
                Do(last);
            }

            return last;
        }

        public void Do(P.NamesChange change) => Assert.True(
            store.UpdateAsync(tx => NamesRules.Apply(tx, change), default).IsCompletedSuccessfully);

        private P.NamesChange Next(Step step)
        {
            if (step.Back > 0 && step.Back <= made.Count)
                return new P.NamesChange(made[^step.Back]) { Repeated = true };
            var (repository, digest, tag) = ($"r{step.Repository}", $"d{step.Manifest}", $"t{step.Tag}");
            var change = step.Kind switch
            {
                0 or 1 => Put(repository, digest, tag),
                2 => Put(repository, digest, ""),
                3 => new P.NamesChange { RemoveTag = new P.RepositoryTag { Repository = repository, Tag = tag } },
                _ => new P.NamesChange
                {
                    RemoveManifest = new P.RepositoryManifest { Repository = repository, Digest = digest },
                },
            };
            change.Seen = NamesRules.VersionOf(Root, change);
            made.Add(change);
            return change;
        }
    }
}
