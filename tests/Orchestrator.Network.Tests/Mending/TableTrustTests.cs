using FsCheck;
using FsCheck.Fluent;
using Orchestrator.Linux.Nftables;
using Orchestrator.Network.Mending;

namespace Orchestrator.Network.Tests.Mending;

public sealed class TableTrustTests
{
    private static readonly TableId[] Tables = [TableId.Ip("orch"), TableId.Ip("orch_lb"), TableId.Bridge("orch_guard")];

    private enum Deed
    {
        WeState,
        WeAddElement,
        TheyChange,
        TheyRemove,
        TheyChangeTheirOwn,
        TheyInterruptUs,
        Look,
    }

    [Fact]
    public void After_any_history_all_that_others_changed_is_found_and_stated_again_and_then_nothing_is_found()
    {
        var deeds = Gen.Elements(Enum.GetValues<Deed>())
            .SelectMany(deed => Gen.Elements(Tables).Select(table => (deed, table))).ListOf();

        Prop.ForAll(deeds.ToArbitrary(), history =>
        {
            var kernel = new Kernel();
            var trust = new TableTrust();
            foreach (var table in Tables)
                kernel.State(trust, table);
            foreach (var (deed, table) in history)
                kernel.Do(deed, table, trust);
            return Mend(kernel, trust) && trust.Disturbed(Tables, kernel).Count == 0;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));
    }

    [Fact]
    public void While_the_generation_stands_still_nothing_is_read_twice()
    {
        var kernel = new Kernel();
        var trust = new TableTrust();
        foreach (var table in Tables)
            kernel.State(trust, table);

        Assert.Empty(trust.Disturbed(Tables, kernel));
        var read = kernel.Reads;
        Assert.Empty(trust.Disturbed(Tables, kernel));

        Assert.Equal(read, kernel.Reads);
    }

    [Fact]
    public void What_others_do_to_tables_of_their_own_does_not_make_us_state_ours()
    {
        var kernel = new Kernel();
        var trust = new TableTrust();
        kernel.State(trust, Tables[0]);
        Assert.Empty(trust.Disturbed(Tables[..1], kernel));

        kernel.Do(Deed.TheyChangeTheirOwn, Tables[0], trust);

        Assert.Empty(trust.Disturbed(Tables[..1], kernel));
    }

    [Fact]
    public void Two_tables_that_one_transaction_of_ours_changed_are_not_read_as_somebody_elses()
    {
        var kernel = new Kernel();
        var trust = new TableTrust();
        foreach (var table in Tables[..2])
            kernel.State(trust, table);

        kernel.AddElements(trust, Tables[..2]);

        Assert.Empty(trust.Disturbed(Tables[..2], kernel));
    }

    /// <summary>False: something that is not as we want it was passed over.</summary>
    private static bool Mend(Kernel kernel, TableTrust trust)
    {
        var found = trust.Disturbed(Tables, kernel);
        if (!Tables.Where(kernel.IsWrong).All(found.Contains))
            return false;
        foreach (var table in found)
            kernel.State(trust, table);
        return true;
    }

    /// <summary>Tables with a text each, ours and what we last wanted it to be.</summary>
    private sealed class Kernel : ITableSource
    {
        private readonly Dictionary<TableId, int> real = [];
        private readonly Dictionary<TableId, int> wanted = [];
        private uint generation = 7;
        private int last;

        public int Reads { get; private set; }

        public uint Generation() => generation;

        public UInt128? Fingerprint(TableId table)
        {
            Reads++;
            return real.TryGetValue(table, out var text) ? (UInt128)text : null;
        }

        public bool IsWrong(TableId table) =>
            !real.TryGetValue(table, out var text) || text != wanted.GetValueOrDefault(table);

        public void State(TableTrust trust, TableId table)
        {
            var before = generation++;
            wanted[table] = real[table] = ++last;
            trust.Stated([table], whole: true, before, generation);
        }

        public void Do(Deed deed, TableId table, TableTrust trust)
        {
            switch (deed)
            {
                case Deed.WeState:
                    State(trust, table);
                    break;
                case Deed.WeAddElement:
                    AddElements(trust, [table]);
                    break;
                case Deed.TheyInterruptUs:
                    AddElements(trust, [table], interrupted: true);
                    break;
                case Deed.TheyChange:
                    generation++;
                    real[table] = real.GetValueOrDefault(table) + 1000;
                    break;
                case Deed.TheyRemove:
                    generation++;
                    real.Remove(table);
                    break;
                case Deed.TheyChangeTheirOwn:
                    generation++;
                    break;
                case Deed.Look:
                    Mend(this, trust);
                    break;
            }
        }

        public void AddElements(TableTrust trust, TableId[] tables, bool interrupted = false)
        {
            if (!tables.All(real.ContainsKey))
                return; // Refused: we would state the whole.
            var before = generation++;
            foreach (var table in tables)
            {
                real[table] += 1_000_000;
                wanted[table] = wanted.GetValueOrDefault(table) + 1_000_000;
            }

            if (interrupted)
            {
                generation++;
                real[tables[0]] += 1000;
            }

            trust.Stated(tables, whole: false, before, generation);
        }
    }
}
