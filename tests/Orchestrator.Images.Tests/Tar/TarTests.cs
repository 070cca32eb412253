using System.Diagnostics;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Orchestrator.Images.Tar;

namespace Orchestrator.Images.Tests.Tar;

public sealed class TarTests
{
    private static readonly string LongName = string.Join('/', Enumerable.Repeat("a-rather-long-component", 12));

    private static readonly TarEntry[] Samples =
    [
        new() { Name = "plain", Kind = TarKind.File, Mode = 0xDED, Uid = 1000, Gid = 100, Size = 5 },
        new() { Name = LongName, Kind = TarKind.File, Mode = 0x1A4, Size = 700 },
        new() { Name = "große-Datei-名前", Kind = TarKind.Directory, Mode = 0x1ED },
        new() { Name = "big-ids", Kind = TarKind.File, Uid = 3_000_000_000, Gid = 1 << 21 },
        new() { Name = "link", Kind = TarKind.SymbolicLink, LinkName = LongName },
        new() { Name = "null", Kind = TarKind.CharacterDevice, DeviceMajor = 1, DeviceMinor = 3, Mode = 0x1B6 },
        new() { Name = "when", Kind = TarKind.File, Modified = DateTimeOffset.UnixEpoch.AddTicks(12_345_678_901_234_567) },
        new() { Name = "before", Kind = TarKind.Fifo, Modified = DateTimeOffset.UnixEpoch.AddSeconds(-1.5) },
        new()
        {
            Name = "ping",
            Kind = TarKind.File,
            Xattrs = new Dictionary<string, byte[]> { ["security.capability"] = [1, 0, 0, 2, 0, 0x20, 0xff, 0xfe, (byte)'\n', 0] },
        },
    ];

    private static string Pax(string key, string value)
    {
        var rest = $" {key}={value}\n";
        var length = rest.Length + 2;
        return $"{(length > 99 ? length + 1 : length)}{rest}";
    }

    [Fact]
    public async Task What_is_written_is_read_back_the_same()
    {
        using var bytes = new MemoryStream();
        var writer = new TarWriter(bytes);
        foreach (var sample in Samples)
            await writer.WriteAsync(sample, new MemoryStream(new byte[sample.Size]), default);
        await writer.FinishAsync(default);

        bytes.Position = 0;
        var reader = new TarReader(bytes);
        foreach (var sample in Samples)
        {
            var read = await reader.NextAsync(default);
            Assert.Equal(sample with { Xattrs = read!.Xattrs }, read);
            Assert.Equal(sample.Xattrs.Select(x => (x.Key, Convert.ToHexString(x.Value))), read.Xattrs.Select(x => (x.Key, Convert.ToHexString(x.Value))));
            using var content = new MemoryStream();
            await reader.Content.CopyToAsync(content);
            Assert.Equal(sample.Size, content.Length);
        }

        Assert.Null(await reader.NextAsync(default));
    }

    [Theory]
    [InlineData("gnu")]
    [InlineData("pax")]
    [InlineData("ustar")]
    [InlineData("v7")]
    public async Task What_GNU_tar_writes_in_any_dialect_is_read(string format)
    {
        using var folder = new TemporaryFolder();
        var deep = format is "v7" or "ustar" ? "deep" : LongName;
        Directory.CreateDirectory(folder["in/" + deep]);
        await File.WriteAllTextAsync(folder[$"in/{deep}/file"], "hello");
        File.CreateSymbolicLink(folder["in/link"], deep);
        await RunAsync("tar", "--format=" + format, "--sort=name", "-C", folder["in"], "-cf", folder["out.tar"], ".");

        await using var tar = File.OpenRead(folder["out.tar"]);
        var (reader, found) = (new TarReader(tar), new Dictionary<string, string>());
        while (await reader.NextAsync(default) is { } entry)
            found[entry.Name] = entry.Kind == TarKind.File ? await new StreamReader(reader.Content).ReadToEndAsync() : entry.LinkName;

        Assert.Equal("hello", found[$"./{deep}/file"]);
        Assert.Equal(deep, found["./link"]);
    }

    [Theory]
    [InlineData("gnu", "1.0")]
    [InlineData("posix", "0.0")]
    [InlineData("posix", "0.1")]
    [InlineData("posix", "1.0")]
    public async Task A_sparse_file_is_read_in_each_form_that_GNU_tar_writes(string format, string version)
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["in"]);
        var length = 0L;
        await using (var file = File.Create(folder["in/sparse"]))
        {
            for (var i = 0; i < 40; i++) // More than fit into the header, and than into one block after it.
            {
                file.Position = i * 65536;
                await file.WriteAsync(Encoding.ASCII.GetBytes($"part {i}"));
            }

            file.SetLength(length = 100 * 65536);
        }

        await File.WriteAllTextAsync(folder["in/z"], "after");
        await RunAsync("tar", "--sparse", "--format=" + format, "--sparse-version=" + version, "-C", folder["in"], "-cf", folder["out.tar"], "sparse", "z");

        Assert.True(new FileInfo(folder["out.tar"]).Length < length / 4);
        await using var tar = File.OpenRead(folder["out.tar"]);
        var reader = new TarReader(tar);
        var entry = await reader.NextAsync(default);
        using var content = new MemoryStream();
        await reader.Content.CopyToAsync(content);
        Assert.Equal(("sparse", length, 40), (entry!.Name, entry.Size, entry.Extents!.Count));
        Assert.Equal(await File.ReadAllBytesAsync(folder["in/sparse"]), content.ToArray());
        Assert.Equal("z", (await reader.NextAsync(default))!.Name);
    }

    [Theory]
    [InlineData("0,5,3,5", 100)]
    [InlineData("0,5,95,10", 100)]
    [InlineData("0,5", 100)]
    [InlineData("0,10,9223372036854775807,1", 100)]
    [InlineData("0,10", 99999999999999999)]
    [InlineData("17592186044416,17592186044416", long.MaxValue)]
    [InlineData("0", 100)]
    [InlineData("a,b", 100)]
    public async Task A_sparse_map_that_lies_is_refused(string map, long size)
    {
        var records = Pax("GNU.sparse.map", map) + Pax("GNU.sparse.size", $"{size}") + Pax("GNU.sparse.name", "lie");
        var tar = new TarBuilder().Add(new TarEntry { Name = "h", Kind = TarKind.File }, records).File("f", "0123456789").Build();
        tar[156] = (byte)'x';
        FixChecksum(tar);

        var error = await Assert.ThrowsAsync<TarException>(() => ReadAllAsync(tar));

        Assert.Contains("sparse", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_size_that_no_sum_holds_does_not_make_the_next_entry_one_of_its_own()
    {
        var tar = new TarBuilder().File("large", "").File("hidden", "x").Build();
        new byte[] { 0x80, 0, 0, 0, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF }.CopyTo(tar, 124);
        FixChecksum(tar);

        var error = await Assert.ThrowsAsync<TarException>(() => ReadAllAsync(tar));

        Assert.Contains("cut off", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("9223372036854775807")]
    [InlineData("4611686018427387904")]
    public async Task A_count_of_extents_that_overflows_is_refused(string count)
    {
        var records = Pax("GNU.sparse.major", "1") + Pax("GNU.sparse.minor", "0") + Pax("GNU.sparse.realsize", "100");
        var tar = new TarBuilder().Add(new TarEntry { Name = "h", Kind = TarKind.File }, records)
            .File("f", $"{count}\n0\n1\n".PadRight(1024, '\0')).Build();
        tar[156] = (byte)'x';
        FixChecksum(tar);

        var error = await Assert.ThrowsAsync<TarException>(() => ReadAllAsync(tar));

        Assert.Contains("sparse", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GNU_tar_reads_what_we_write()
    {
        using var folder = new TemporaryFolder();
        var tar = new TarBuilder().Folder("d").File($"d/{LongName}", "x").File("d/ß", "y").Symlink("d/link", LongName).Build();
        await File.WriteAllBytesAsync(folder["a.tar"], tar);

        var listing = await RunAsync("tar", "-tf", folder["a.tar"], "--quoting-style=literal");

        Assert.Equal(["d", $"d/{LongName}", "d/ß", "d/link"], listing.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.TrimEnd('/')));
    }

    [Fact]
    public async Task An_archive_that_is_cut_off_anywhere_is_refused_or_ends_at_an_entry()
    {
        var whole = new TarBuilder().File("a", new string('x', 600)).File(LongName, "y").Build();

        for (var length = 0; length < whole.Length - 1024; length += 37)
        {
            var cut = whole[..length];
            var error = await Record.ExceptionAsync(() => ReadAllAsync(cut));
            Assert.True(error is TarException || length % 512 == 0, $"at {length}: {error}");
        }
    }

    [Theory]
    [InlineData('L', 1 << 30)]
    [InlineData('x', 1 << 30)]
    [InlineData('g', 2_000_000)]
    public async Task A_header_that_announces_a_gigabyte_of_header_is_refused_before_it_is_read(char flag, long size)
    {
        var tar = new TarBuilder().Add(new TarEntry { Name = "h", Kind = TarKind.File }).Build();
        tar[156] = (byte)flag;
        Encoding.ASCII.GetBytes(Convert.ToString(size, 8).PadLeft(11, '0')).CopyTo(tar, 124);
        FixChecksum(tar);

        var error = await Assert.ThrowsAsync<TarException>(() => ReadAllAsync(tar));

        Assert.Contains("extended header", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_bytes_whatever_make_the_reader_fail_in_another_way_than_its_own() =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), ArbMap.Default.ArbFor<PositiveInt>(), (noise, seed) =>
        {
            // Noise alone never gets past the checksum, so it is put into sound archives, with the checksums made right again.
            var tar = new TarBuilder().File(LongName, "a").Add(Samples[8]).Symlink("l", LongName).Build();
            for (var i = 0; i < noise.Length; i++)
                tar[(int)((seed.Get * 7919L) + (i * 104729L)) % tar.Length & int.MaxValue] = noise[i];
            for (var at = 0; at + 512 <= tar.Length; at += 512)
                FixChecksum(tar.AsSpan(at));
            var error = Record.ExceptionAsync(() => ReadAllAsync(tar)).GetAwaiter().GetResult();
            return error is null or TarException;
        }).QuickCheckThrowOnFailure();

    internal static void FixChecksum(Span<byte> header)
    {
        header.Slice(148, 8).Fill((byte)' ');
        long sum = 0;
        foreach (var b in header[..512])
            sum += b;
        Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0").CopyTo(header[148..]);
    }

    private static async Task ReadAllAsync(byte[] tar)
    {
        var reader = new TarReader(new MemoryStream(tar));
        while (await reader.NextAsync(default) is not null)
            await reader.Content.CopyToAsync(Stream.Null);
    }

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
        return output;
    }
}
