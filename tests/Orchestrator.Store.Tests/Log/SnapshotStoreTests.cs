using Orchestrator.Raft;
using Orchestrator.Store.Log;

namespace Orchestrator.Store.Tests.Log;

public sealed class SnapshotStoreTests : IDisposable
{
    private static readonly Membership Members = new([new Member(3, true, new byte[] { 1, 2 }), new Member(8, false, default)], [5]);
    private readonly string directory = Directory.CreateTempSubdirectory("orch-snap-").FullName;

    private readonly DataKey key = DataKey.New();

    private SnapshotStore Store => new(new PlainFiles(), directory, key);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(256 * 1024)]
    [InlineData(1_000_000)]
    public void Content_of_any_length_comes_back(int length)
    {
        var content = Content(length);
        Store.Save(new SnapshotMeta(7, 2, Members), stream => stream.Write(content));

        var found = Store.FindNewest(Unexpected);
        using var read = new MemoryStream();
        using (var stream = Store.Open(found!))
            stream.CopyTo(read);

        Assert.Equal(content, read.ToArray());
        Assert.Equal((7ul, 2ul), (found!.Index, found.Term));
        Assert.Equal(Members.Encode(), found.Membership.Encode());
    }

    [Fact]
    public void The_two_newest_are_kept()
    {
        for (ulong i = 1; i <= 5; i++)
            Store.Save(new SnapshotMeta(i, 1, Members), stream => stream.WriteByte((byte)i));

        Assert.Equal(2, Directory.GetFiles(directory).Length);
        Assert.Equal(4ul, Store.OldestIndex());
        Assert.Equal(5ul, Store.FindNewest(Unexpected)!.Index);
    }

    [Fact]
    public void A_damaged_byte_anywhere_makes_the_older_one_the_newest()
    {
        Store.Save(new SnapshotMeta(1, 1, Members), stream => stream.WriteByte(1));
        Store.Save(new SnapshotMeta(2, 1, Members), stream => stream.Write(Content(300)));
        var path = Directory.GetFiles(directory).Order(StringComparer.Ordinal).Last();
        var whole = File.ReadAllBytes(path);

        for (var at = 0; at < whole.Length; at++)
        {
            var damaged = (byte[])whole.Clone();
            damaged[at] ^= 0x10;
            File.WriteAllBytes(path, damaged);
            var skipped = 0;
            Assert.Equal(1ul, Store.FindNewest(_ => skipped++)?.Index);
            Assert.Equal(1, skipped);
        }
    }

    [Fact]
    public void One_cut_short_is_not_taken_for_whole()
    {
        Store.Save(new SnapshotMeta(2, 1, Members), stream => stream.Write(Content(300_000)));
        var path = Directory.GetFiles(directory).Single();
        var whole = File.ReadAllBytes(path);

        foreach (var length in new[] { 0, 5, 40, 200, 100_000, whole.Length - 52, whole.Length - 1 })
        {
            File.WriteAllBytes(path, whole[..length]);
            Assert.Null(Store.FindNewest(_ => { }));
        }
    }

    [Fact]
    public void What_fails_while_it_is_written_leaves_nothing_that_counts()
    {
        Assert.Throws<InvalidOperationException>(() => Store.Save(
            new SnapshotMeta(2, 1, Members), _ => throw new InvalidOperationException()));

        Assert.Null(Store.FindNewest(Unexpected));
        Store.Clean();
        Assert.Empty(Directory.GetFiles(directory));
    }

    [Fact]
    public void Nothing_of_the_content_is_readable_in_the_file_nor_under_another_key()
    {
        Store.Save(new SnapshotMeta(2, 1, Members), stream => stream.Write("hush-hush-hush"u8));

        var skipped = new List<string>();
        Assert.Null(new SnapshotStore(new PlainFiles(), directory, DataKey.New()).FindNewest(d => skipped.Add(d.Message)));

        Assert.Equal(-1, File.ReadAllBytes(Directory.GetFiles(directory).Single()).AsSpan().IndexOf("hush"u8));
        Assert.Contains("it is encrypted under key", Assert.Single(skipped), StringComparison.Ordinal);
    }

    [Fact]
    public void One_of_before_encryption_is_read()
    {
        new SnapshotStore(new PlainFiles(), directory, null).Save(new SnapshotMeta(2, 1, Members), s => s.Write("old"u8));

        using var content = new StreamReader(Store.Open(Store.FindNewest(Unexpected)!));

        Assert.Equal("old", content.ReadToEnd());
    }

    public void Dispose() => Directory.Delete(directory, recursive: true);

    private static void Unexpected(LogDamagedException damage) => Assert.Fail(damage.Message);

    private static byte[] Content(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)(i * 7))];
}
