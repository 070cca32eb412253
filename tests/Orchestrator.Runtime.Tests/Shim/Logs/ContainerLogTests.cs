using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using Orchestrator.Linux.Files;
using Orchestrator.Linux.Io;
using Orchestrator.Linux.Mounts;
using Orchestrator.Runtime.Shim.Logs;
using Orchestrator.Testing;

namespace Orchestrator.Runtime.Tests.Shim.Logs;

public sealed class ContainerLogTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("orch-log").FullName;

    private string LogPath => Path.Combine(directory, "c-json.log");

    private LogOptions Options => new(LogPath);

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public void A_line_is_written_whole_however_it_arrives()
    {
        Log(Options, log =>
        {
            log.Write(1, "hel"u8);
            log.Write(2, "bad\n"u8);
            log.Write(1, "lo\nrest"u8);
        });

        Assert.Equal(
            [
                """{"log":"bad\n","stream":"stderr","time":"2026-01-01T00:00:00.000000000Z"}""",
                """{"log":"hello\n","stream":"stdout","time":"2026-01-01T00:00:00.000000000Z"}""",
                """{"log":"rest","stream":"stdout","time":"2026-01-01T00:00:00.000000000Z"}""",
            ],
            File.ReadAllLines(LogPath));
    }

    [Fact]
    public void Attributes_stand_where_docker_puts_them()
    {
        Log(Options with { Attributes = """{"tag":"web"}"""u8.ToArray() }, log => log.Write(1, "x\n"u8));

        Assert.Equal(
            """{"log":"x\n","stream":"stdout","attrs":{"tag":"web"},"time":"2026-01-01T00:00:00.000000000Z"}""",
            File.ReadAllLines(LogPath).Single());
    }

    [Fact]
    public void Valid_text_reads_back_as_it_was_written() => Prop.ForAll<NonNull<string>>(given =>
    {
        var text = Encoding.UTF8.GetBytes(given.Get);
        Log(Options, log => log.Write(1, text));

        var read = string.Concat(Texts(LogPath));
        File.Delete(LogPath);
        return read == Encoding.UTF8.GetString(text);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Bytes_that_are_no_text_still_make_valid_json()
    {
        Log(Options, log => log.Write(1, [0xff, 0x00, 0x1b, (byte)'"', (byte)'\\', 0xc3, (byte)'\n']));

        Assert.Equal("\ufffd\0\u001b\"\\\ufffd\n", Texts(LogPath).Single());
    }

    [Fact]
    public void A_line_beyond_16_KiB_comes_in_parts()
    {
        Log(Options, log => log.Write(1, Encoding.ASCII.GetBytes(new string('x', (16 << 10) + 5) + "\n")));

        Assert.Equal([16 << 10, 6], Texts(LogPath).Select(t => t.Length));
    }

    [Fact]
    public void A_line_of_control_characters_alone_is_still_one_line()
    {
        Log(Options, log => log.Write(1, new byte[16 << 10]));

        Assert.Equal(new string('\0', 16 << 10), Texts(LogPath).Single());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Rotation_keeps_so_many_files_none_too_large_and_loses_no_line_between_them(int maxFiles)
    {
        Log(Options with { MaxBytes = 400, MaxFiles = maxFiles }, log =>
        {
            for (var i = 0; i < 60; i++)
                log.Write(1, Encoding.ASCII.GetBytes($"line {i:00}\n"));
        });

        var files = Enumerable.Range(1, maxFiles - 1).Reverse().Select(i => $"{LogPath}.{i}").Append(LogPath).ToArray();
        Assert.Equal(files.Order(), Directory.GetFiles(directory).Order());
        var numbers = files.SelectMany(Texts).Select(t => int.Parse(t[5..7])).ToArray();
        Assert.Equal(Enumerable.Range(numbers[0], 60 - numbers[0]), numbers);
        Assert.All(files, f => Assert.InRange(new FileInfo(f).Length, 1, 400));
    }

    [Fact]
    public void Half_a_line_of_a_killed_shim_does_not_swallow_the_next()
    {
        File.WriteAllText(LogPath, "{\"log\":\"torn");

        Log(Options, log => log.Write(1, "next\n"u8));

        Assert.Equal("next\n", Text(File.ReadAllLines(LogPath)[1]));
    }

    [Fact]
    public void A_disk_that_hangs_holds_up_a_blocking_log_and_no_line_is_lost()
    {
        using var disk = new HangingDisk(LogPath);
        var drained = 0;
        using var log = new ContainerLog(Options with { BufferBytes = 200_000 }, new ManualTime(), action => action());
        log.Drained = () => Interlocked.Increment(ref drained);
        var lines = 0;

        while (!log.MustWait)
            log.Write(1, Encoding.ASCII.GetBytes($"{lines++:000000000}\n"));
        var written = disk.ReadAllInBackground();
        log.Finish(() => { });

        Assert.True(log.Await(TimeSpan.FromSeconds(30)));
        Assert.Equal(1, drained);
        Assert.Equal(Enumerable.Range(0, lines).Select(i => $"{i:000000000}\n"), written().Select(Text));
    }

    [Fact]
    public void A_disk_that_hangs_costs_a_non_blocking_log_lines_that_it_counts()
    {
        using var disk = new HangingDisk(LogPath);
        using var log = new ContainerLog(
            Options with { Blocks = false, BufferBytes = 200_000 }, new ManualTime(), action => action());

        for (var i = 0; i < 10_000; i++)
            log.Write(1, Encoding.ASCII.GetBytes($"{i:000000000}\n"));
        Assert.False(log.MustWait);
        var written = disk.ReadAllInBackground();
        log.Finish(() => { });

        Assert.True(log.Await(TimeSpan.FromSeconds(30)));
        var texts = written().Select(Text).ToList();
        var dropped = int.Parse(texts[^1].Split(' ')[1]);
        Assert.Equal($"orch: {dropped} lines were dropped here: the log's buffer of 200000 bytes was full\n", texts[^1]);
        Assert.Equal(Enumerable.Range(0, 10_000 - dropped).Select(i => $"{i:000000000}\n"), texts[..^1]);
        Assert.InRange(dropped, 5_000, 9_000);
    }

    [RootFact]
    public void A_full_disk_costs_lines_that_are_counted_and_leaves_no_half_line()
    {
        MountCalls.Mount("tmpfs", directory, "tmpfs", MountFlags.None, "size=64k");
        try
        {
            using var log = new ContainerLog(Options, new ManualTime(), action => action());
            File.WriteAllBytes($"{directory}/filler", new byte[56 << 10]);
            var line = Encoding.ASCII.GetBytes(new string('x', 1000) + "\n");
            for (var i = 0; i < 20; i++)
                log.Write(1, line);
            SpinWait.SpinUntil(() => log.IsIdle, TimeSpan.FromSeconds(30));

            File.Delete($"{directory}/filler");
            log.Write(1, "room again\n"u8);
            log.Finish(() => { });
            Assert.True(log.Await(TimeSpan.FromSeconds(30)));

            var texts = Texts(LogPath);
            var kept = texts.TakeWhile(t => t[0] == 'x').Count();
            // A notice may still fit where a line did not: then there are several.
            var lost = texts[kept..^1].Select(t => Regex.Match(t, "^orch: (\\d+) lines were lost here: the disk took no more\n$"));
            Assert.Equal(20 - kept, lost.Sum(m => int.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture)));
            Assert.Equal("room again\n", texts[^1]);
            Assert.InRange(kept, 0, 8);
        }
        finally
        {
            MountCalls.TryUnmount(directory, detach: true);
        }
    }

    [Theory]
    [InlineData("10m", 10L << 20)]
    [InlineData("1g", 1L << 30)]
    [InlineData("5", 5)]
    [InlineData("-1", 0)]
    [InlineData(null, 0)]
    public void Sizes_are_read_as_docker_reads_them(string? text, long bytes) =>
        Assert.Equal(bytes, LogOptions.Size("log-max-size", text));

    [Fact]
    public void A_size_that_is_none_is_refused() =>
        Assert.Throws<RuntimeException>(() => LogOptions.Size("log-max-size", "many"));

    private static void Log(LogOptions options, Action<ContainerLog> act)
    {
        using var log = new ContainerLog(options, new ManualTime(), action => action());
        act(log);
        log.Finish(() => { });
        Assert.True(log.Await(TimeSpan.FromSeconds(30)));
    }

    private static string[] Texts(string path) => [.. File.ReadAllLines(path).Select(Text)];

    private static string Text(string line) => JsonDocument.Parse(line).RootElement.GetProperty("log").GetString()!;

    /// <summary>A log path whose writes wait until somebody reads: a named pipe.</summary>
    private sealed class HangingDisk : IDisposable
    {
        private readonly FileDescriptor pipe;

        public HangingDisk(string path)
        {
            using var folder = DirectoryHandle.Open(Path.GetDirectoryName(path)!);
            folder.MakeNode(Path.GetFileName(path), 0x1000 | 0x180, 0);
            pipe = FileDescriptor.Open(path, OpenFlags.O_RDWR);
        }

        /// <returns>Waits for the end of what was written, and gives its lines.</returns>
        public Func<List<string>> ReadAllInBackground()
        {
            var all = new MemoryStream();
            var isComplete = false;
            pipe.SetNonBlocking();
            var reader = Task.Run(() =>
            {
                var buffer = new byte[64 << 10];
                for (var last = false; !last;)
                {
                    last = Volatile.Read(ref isComplete);
                    for (int count; (count = pipe.Read(buffer)) > 0;)
                        all.Write(buffer, 0, count);
                    Thread.Sleep(1);
                }
            });
            return () =>
            {
                Volatile.Write(ref isComplete, true);
                reader.Wait();
                return [.. Encoding.UTF8.GetString(all.ToArray()).TrimEnd('\n').Split('\n')];
            };
        }

        public void Dispose() => pipe.Dispose();
    }
}
