using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Orchestrator.Runtime.Shim;
using Orchestrator.Testing;

namespace Orchestrator.Runtime.Tests.Shim;

public sealed class JsonLogTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("orch-log").FullName;

    private string LogPath => Path.Combine(directory, "c-json.log");

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public void A_line_is_written_whole_however_it_arrives()
    {
        using var log = new JsonLog(LogPath, 0, 1, new ManualTime());

        log.Write(1, "hel"u8);
        log.Write(2, "bad\n"u8);
        log.Write(1, "lo\nrest"u8);
        log.Finish();

        Assert.Equal(
            [
                """{"log":"bad\n","stream":"stderr","time":"2026-01-01T00:00:00.000000000Z"}""",
                """{"log":"hello\n","stream":"stdout","time":"2026-01-01T00:00:00.000000000Z"}""",
                """{"log":"rest","stream":"stdout","time":"2026-01-01T00:00:00.000000000Z"}""",
            ],
            File.ReadAllLines(LogPath));
    }

    [Fact]
    public void Valid_text_reads_back_as_it_was_written() => Prop.ForAll<NonNull<string>>(given =>
    {
        var text = Encoding.UTF8.GetBytes(given.Get);
        using (var log = new JsonLog(LogPath, 0, 1, new ManualTime()))
        {
            log.Write(1, text);
            log.Finish();
        }

        var read = string.Concat(File.ReadAllLines(LogPath)
            .Select(l => JsonDocument.Parse(l).RootElement.GetProperty("log").GetString()));
        File.Delete(LogPath);
        return read == Encoding.UTF8.GetString(text);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Bytes_that_are_no_text_still_make_valid_json()
    {
        using var log = new JsonLog(LogPath, 0, 1, new ManualTime());

        log.Write(1, [0xff, 0x00, 0x1b, (byte)'"', (byte)'\\', 0xc3, (byte)'\n']);

        var line = JsonDocument.Parse(File.ReadAllText(LogPath)).RootElement.GetProperty("log").GetString();
        Assert.Equal("\ufffd\0\u001b\"\\\ufffd\n", line);
    }

    [Fact]
    public void A_line_beyond_16_KiB_comes_in_parts()
    {
        using var log = new JsonLog(LogPath, 0, 1, new ManualTime());

        log.Write(1, Encoding.ASCII.GetBytes(new string('x', (16 << 10) + 5) + "\n"));

        var lengths = File.ReadAllLines(LogPath).Select(l => JsonDocument.Parse(l).RootElement.GetProperty("log").GetString()!.Length);
        Assert.Equal([16 << 10, 6], lengths);
    }

    [Fact]
    public void Rotation_keeps_so_many_files_and_loses_no_line_between_them()
    {
        using var log = new JsonLog(LogPath, maxBytes: 400, maxFiles: 3, new ManualTime());

        for (var i = 0; i < 12; i++)
            log.Write(1, Encoding.ASCII.GetBytes($"line {i:00}\n"));

        var files = (string[])[$"{LogPath}.2", $"{LogPath}.1", LogPath];
        Assert.Equal(3, Directory.GetFiles(directory).Length);
        var numbers = files.SelectMany(File.ReadAllLines)
            .Select(l => int.Parse(JsonDocument.Parse(l).RootElement.GetProperty("log").GetString()![5..7])).ToArray();
        Assert.Equal(Enumerable.Range(numbers[0], 12 - numbers[0]), numbers);
        Assert.All(files, f => Assert.True(new FileInfo(f).Length <= 400 + 100));
    }

    [Theory]
    [InlineData("10m", 10L << 20)]
    [InlineData("1g", 1L << 30)]
    [InlineData("5", 5)]
    [InlineData("-1", 0)]
    [InlineData(null, 0)]
    public void Sizes_are_read_as_docker_reads_them(string? text, long bytes) => Assert.Equal(bytes, ShimOptions.Size(text));

    [Fact]
    public void A_size_that_is_none_is_refused() => Assert.Throws<RuntimeException>(() => ShimOptions.Size("many"));
}
