using Orchestrator.Raft;
using Orchestrator.Store.Log;

namespace Orchestrator.Store.Tests.Log;

public sealed class RaftLogStoreTests : IDisposable
{
    private static readonly RaftLogOptions Options = new()
    {
        SegmentBytes = 64 * 1024, TrailingEntries = 2, Key = DataKey.New(),
    };


    private readonly string directory = Directory.CreateTempSubdirectory("orch-log-").FullName;
    private readonly PlainFiles files = new();
    private ulong token;

    [Fact]
    public void What_was_written_is_there_after_a_restart()
    {
        using (var log = Create())
        {
            Write(log, new HardState(3, 7), Entries(3, 1, 4));
            Write(log, new HardState(4, 0), []);
        }

        using var reopened = Open();

        Assert.Equal(new HardState(4, 0), reopened.Recovered.HardState);
        Assert.Equal([1, 2, 3, 4], reopened.Recovered.Entries.Select(e => e.Index));
        Assert.Equal(Entries(3, 1, 4)[2].Data.ToArray(), reopened.Recovered.Entries[2].Data.ToArray());
        Assert.Equal(("cluster", 9ul), (reopened.ClusterId, reopened.MemberId));
    }

    [Fact]
    public void Nothing_of_an_entry_is_readable_on_disk()
    {
        using (var log = Create())
            Write(log, new HardState(1, 0), [new Entry(1, 1, EntryKind.Command, "hush-hush-hush"u8.ToArray())]);

        Assert.All(Directory.GetFiles(directory), path => Assert.Equal(-1, File.ReadAllBytes(path).AsSpan().IndexOf("hush"u8)));
        using var reopened = Open();
        Assert.Equal("hush-hush-hush"u8.ToArray(), reopened.Recovered.Entries[0].Data.ToArray());
        Assert.All(Directory.GetFiles(directory), path => Assert.Equal(-1, File.ReadAllBytes(path).AsSpan().IndexOf("hush"u8)));
    }

    [Fact]
    public void A_log_under_another_key_is_refused_and_left_as_it_is()
    {
        using (var log = Create())
            Write(log, new HardState(1, 0), Entries(1, 1, 3));

        var refused = Assert.Throws<LogDamagedException>(
            () => RaftLogStore.Open(files, directory, null, Options with { Key = DataKey.New() }));

        Assert.Contains("cannot be decrypted", refused.Message, StringComparison.Ordinal);
        using var reopened = Open();
        Assert.Equal(3, reopened.Recovered.Entries.Count);
    }

    [Fact]
    public void A_log_of_before_encryption_goes_on_encrypted()
    {
        using (var log = RaftLogStore.Create(files, directory, "cluster", 9, RecoveredLog.Empty, Options with { Key = null }))
            Write(log, new HardState(1, 0), [new Entry(1, 1, EntryKind.Command, "hush"u8.ToArray())]);

        using (var log = Open())
            Assert.Single(log.Recovered.Entries);
        using var again = Open();

        Assert.Single(again.Recovered.Entries);
        Assert.All(Directory.GetFiles(directory), path => Assert.Equal(-1, File.ReadAllBytes(path).AsSpan().IndexOf("hush"u8)));
    }

    [Fact]
    public void Later_entries_replace_those_at_their_index_and_all_after()
    {
        using (var log = Create())
        {
            Write(log, new HardState(1, 0), Entries(1, 1, 5));
            Write(log, new HardState(2, 0), Entries(2, 3, 1));
        }

        using var reopened = Open();

        Assert.Equal([1ul, 1ul, 2ul], reopened.Recovered.Entries.Select(e => e.Term));
    }

    [Fact]
    public void A_log_over_many_segments_is_one_log()
    {
        using (var log = Create())
        {
            for (ulong i = 1; i <= 40; i++)
                Write(log, new HardState(1, 0), Entries(1, i, 1, size: 10_000));
            Write(log, new HardState(1, 0), Entries(1, 41, 1, size: 200_000)); // Larger than a whole segment.
            Write(log, new HardState(1, 0), Entries(1, 42, 1));
        }

        using var reopened = Open();

        Assert.True(Segments().Length > 5);
        Assert.Equal(Enumerable.Range(1, 42).Select(i => (ulong)i), reopened.Recovered.Entries.Select(e => e.Index));
    }

    [Fact]
    public void Restarting_again_and_again_loses_nothing()
    {
        using (var log = Create())
            Write(log, new HardState(1, 0), Entries(1, 1, 3));
        for (ulong i = 4; i < 10; i++)
        {
            using var log = Open();
            Write(log, new HardState(1, 0), Entries(1, i, 1));
        }

        using var last = Open();

        Assert.Equal(9ul, last.Recovered.Entries[^1].Index);
        Assert.Single(Segments());
    }

    [Fact]
    public void The_unfinished_write_of_a_power_cut_is_dropped_at_every_length()
    {
        using (var log = Create())
            Write(log, new HardState(1, 0), Entries(1, 1, 2));
        var before = EndOfData();
        using (var log = Open())
            Write(log, new HardState(1, 5), Entries(1, 3, 2));
        var (path, end) = (Segments()[0], EndOfData());
        var whole = File.ReadAllBytes(path);

        for (var cut = before; cut < end - 8; cut += 3) // The last bytes only fill up to eight.
        {
            var torn = (byte[])whole.Clone();
            Array.Clear(torn, cut, torn.Length - cut);
            File.WriteAllBytes(path, torn);
            using (var log = Open())
                Assert.Equal(2, log.Recovered.Entries.Count);
            File.Delete(Segments()[0]);
        }
    }

    [Fact]
    public void A_damaged_byte_in_what_was_synced_is_refused_and_not_dropped()
    {
        using (var log = Create())
        {
            Write(log, new HardState(1, 0), Entries(1, 1, 2));
            Write(log, new HardState(1, 0), Entries(1, 3, 2));
        }

        var (path, end) = (Segments()[0], EndOfData());
        var whole = File.ReadAllBytes(path);
        for (var at = 4096; at < end; at += 5)
        {
            var damaged = (byte[])whole.Clone();
            damaged[at] ^= 0x40;
            File.WriteAllBytes(path, damaged);
            var refused = Record.Exception(() => Open().Dispose());
            // Padding is not summed, and the marker at the very end may go.
            if (refused is null)
                Assert.True(IsHarmless(whole, at), $"damage at byte {at} went unnoticed");
            else
                Assert.IsType<LogDamagedException>(refused);
            foreach (var file in Segments())
                File.Delete(file);
        }
    }

    [Fact]
    public void A_missing_segment_is_refused()
    {
        using (var log = Create())
        {
            for (ulong i = 1; i <= 30; i++)
                Write(log, new HardState(1, 0), Entries(1, i, 1, size: 10_000));
        }

        File.Delete(Segments()[1]);

        Assert.Throws<LogDamagedException>(() => Open());
    }

    [Fact]
    public void Segments_before_a_snapshot_go_and_the_log_still_follows_it()
    {
        var snapshot = new SnapshotMeta(25, 1, Membership.Empty);
        using (var log = Create())
        {
            for (ulong i = 1; i <= 30; i++)
                Write(log, new HardState(1, 0), Entries(1, i, 1, size: 10_000));
            var before = Segments().Length;
            log.Compact(25);
            Assert.True(Segments().Length < before);
        }

        using var reopened = RaftLogStore.Open(files, directory, snapshot, Options);

        Assert.True(reopened.Recovered.BaseIndex is > 0 and <= 25);
        Assert.Equal(30ul, reopened.Recovered.Entries[^1].Index);
        Assert.Throws<LogDamagedException>(() => RaftLogStore.Open(files, directory, null, Options));
    }

    [Fact]
    public void A_log_that_was_reset_to_a_snapshot_begins_after_it()
    {
        var snapshot = new SnapshotMeta(100, 5, new Membership([new Member(9, true, new byte[] { 1 })], [4]));
        using (var log = Create())
        {
            Write(log, new HardState(1, 0), Entries(1, 1, 5));
            log.Write(new AppendBatch(++token, new HardState(5, 0), 100, snapshot, Entries(5, 101, 2)));
        }

        using var reopened = RaftLogStore.Open(files, directory, snapshot, Options);

        Assert.Equal((100ul, 5ul), (reopened.Recovered.BaseIndex, reopened.Recovered.BaseTerm));
        Assert.Equal([101, 102], reopened.Recovered.Entries.Select(e => e.Index));
    }

    [Fact]
    public void A_crash_between_copying_the_tail_and_deleting_the_old_one_does_no_harm()
    {
        using (var log = Create())
            Write(log, new HardState(1, 0), Entries(1, 1, 3));
        var (old, bytes) = (Segments()[0], File.ReadAllBytes(Segments()[0]));
        Open().Dispose();
        File.WriteAllBytes(old, bytes);

        using var reopened = Open();

        Assert.Equal(3, reopened.Recovered.Entries.Count);
    }

    public void Dispose() => Directory.Delete(directory, recursive: true);

    private RaftLogStore Create() => RaftLogStore.Create(files, directory, "cluster", 9, RecoveredLog.Empty, Options);

    private RaftLogStore Open() => RaftLogStore.Open(files, directory, null, Options);

    private void Write(RaftLogStore log, HardState state, Entry[] entries) =>
        log.Write(new AppendBatch(++token, state, 0, null, entries));

    private string[] Segments() => [.. Directory.GetFiles(directory, "*.seg").Order(StringComparer.Ordinal)];

    /// <summary>After the last frame, where its marker begins: the last header there is.</summary>
    private int EndOfData()
    {
        var bytes = File.ReadAllBytes(Segments()[0]);
        var magic = bytes.AsSpan(4096, 4).ToArray();
        var at = 4096;
        for (var i = 4096; i + 64 <= bytes.Length; i += 8)
        {
            if (bytes.AsSpan(i, 4).SequenceEqual(magic))
                at = i;
        }

        return at;
    }

    /// <summary>Zeros that fill a frame up to eight bytes: the last seven bytes before the next header at most.</summary>
    private static bool IsHarmless(byte[] bytes, int at)
    {
        var magic = bytes.AsSpan(4096, 4).ToArray();
        for (var next = at + 1; next <= at + 7; next++)
        {
            if (next % 8 == 0 && bytes.AsSpan(next, 4).SequenceEqual(magic))
                return bytes[at] == 0;
        }

        return false;
    }

    private static Entry[] Entries(ulong term, ulong first, int count, int size = 20) =>
        [.. Enumerable.Range(0, count).Select(i => new Entry(
            term, first + (ulong)i, EntryKind.Command, Enumerable.Range(1, size).Select(b => (byte)(b + i)).ToArray()))];
}
