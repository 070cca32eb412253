namespace Orchestrator.Raft.Tests;

public sealed class RaftLogTests
{
    [Fact]
    public void A_slice_has_what_fits_and_at_least_one_entry()
    {
        var log = Log(1, 1, 1, 2);

        Assert.Equal([2ul, 3ul], log.Slice(2, 4, maxBytes: 2 * log[2].Weight).Select(e => e.Index));
        Assert.Equal([2ul], log.Slice(2, 4, maxBytes: 1).Select(e => e.Index));
        Assert.Empty(log.Slice(5, 4, maxBytes: 1000));
    }

    [Theory]
    [InlineData(5, 3, true)]
    [InlineData(6, 3, true)]
    [InlineData(4, 3, false)]
    [InlineData(1, 4, true)]
    [InlineData(99, 2, false)]
    public void The_newer_last_term_decides_and_then_the_length(ulong index, ulong term, bool upToDate) =>
        Assert.Equal(upToDate, Log(1, 1, 2, 3, 3).IsUpToDate(index, term));

    [Theory]
    [InlineData(9, 9, 6)]
    [InlineData(6, 2, 4)]
    [InlineData(6, 1, 2)]
    [InlineData(6, 0, 0)]
    [InlineData(3, 4, 3)]
    public void A_divergence_is_stepped_over_by_whole_terms(ulong index, ulong term, ulong common) =>
        Assert.Equal(common, Log(1, 1, 2, 2, 4, 4).FindLastAtMost(index, term));

    [Fact]
    public void Truncation_takes_durability_back()
    {
        var log = Log(1, 1, 1);
        Assert.Equal(3ul, log.Durable);

        log.TruncateFrom(2);

        Assert.Equal((1ul, 1ul, 1ul), (log.LastIndex, log.Durable, log.Handed));
        Assert.Equal(log[1].Weight, log.Bytes);
    }

    [Fact]
    public void Compaction_keeps_the_term_of_the_last_entry_it_drops()
    {
        var log = Log(1, 2, 3);

        log.Compact(2);

        Assert.Equal((2ul, 2ul), (log.BaseIndex, log.TermAt(2)));
        Assert.Null(log.TermAt(1));
        Assert.Equal(3ul, log.TermAt(3));
    }

    [Fact]
    public void A_gap_or_a_falling_term_breaks_an_invariant()
    {
        Assert.Throws<RaftInvariantException>(() => Log(2).Append(new Entry(2, 3, EntryKind.Noop, default)));
        Assert.Throws<RaftInvariantException>(() => Log(2).Append(new Entry(1, 2, EntryKind.Noop, default)));
    }

    private static RaftLog Log(params ulong[] terms) => new(RecoveredLog.Empty with
    {
        Entries = [.. terms.Select((term, i) => new Entry(term, (ulong)i + 1, EntryKind.Command, new byte[10]))],
    });
}
