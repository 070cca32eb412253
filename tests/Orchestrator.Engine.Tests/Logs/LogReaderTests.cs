using System.Text;
using Orchestrator.Engine.Logs;

namespace Orchestrator.Engine.Tests.Logs;

public sealed class LogReaderTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("orch-log-").FullName;

    private string Log => Path.Combine(folder, "c-json.log");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task The_tail_reaches_back_into_rotated_files()
    {
        Write(Log + ".2", 1, 3);
        Write(Log + ".1", 4, 6);
        Write(Log, 7, 8);

        Assert.Equal(["6", "7", "8"], await ReadAsync(new LogQuery(true, true, Tail: 3)));
        Assert.Equal(8, (await ReadAsync(new LogQuery(true, true))).Count);
        Assert.Empty(await ReadAsync(new LogQuery(true, true, Tail: 0)));
    }

    [Fact]
    public async Task Only_the_wanted_stream_and_time_are_read()
    {
        File.AppendAllText(Log, Line(1, "stderr"));
        Write(Log, 2, 4);

        Assert.Equal(["1"], await ReadAsync(new LogQuery(false, true)));
        Assert.Equal(["3", "4"], await ReadAsync(new LogQuery(true, true, Since: Time(3))));
        Assert.Equal(["1", "2"], await ReadAsync(new LogQuery(true, true, Until: Time(2))));
    }

    [Fact]
    public async Task The_log_of_a_container_that_is_removed_meanwhile_is_read_to_its_end()
    {
        Write(Log, 1, 3);
        var ended = false;
        var lines = new List<string>();
        var query = new LogQuery(true, true, Follow: true);
        await foreach (var entry in new LogReader(Log, LogCodec.Json, TimeProvider.System).ReadAsync(query, () => ended, default))
        {
            lines.Add(Text(entry));
            if (lines.Count == 1)
                Directory.Delete(folder, recursive: true);
            ended = true;
        }

        Directory.CreateDirectory(folder);
        Assert.Equal(["1", "2", "3"], lines);
    }

    [Fact]
    public async Task Following_misses_nothing_when_the_file_is_rotated_away()
    {
        Write(Log, 1, 2);
        var ended = false;
        var lines = new List<string>();
        var query = new LogQuery(true, true, Follow: true);
        await foreach (var entry in new LogReader(Log, LogCodec.Json, TimeProvider.System).ReadAsync(query, () => ended, default))
        {
            lines.Add(Text(entry));
            if (lines.Count == 2)
            {
                File.AppendAllText(Log, Line(3));
                File.Move(Log, Log + ".1");
                Write(Log, 4, 5);
            }

            ended = lines.Count == 5;
        }

        Assert.Equal(["1", "2", "3", "4", "5"], lines);
    }

    [Fact]
    public async Task A_torn_line_is_passed_over()
    {
        File.AppendAllText(Log, "{\"log\":\"to\n" + Line(1));

        Assert.Equal(["1"], await ReadAsync(new LogQuery(true, true)));
    }

    [Fact]
    public void Escapes_come_back_as_the_bytes_they_stand_for()
    {
        Assert.True(JsonLogLine.TryParse(
            "{\"log\":\"a\\\"\\u00e9\\n\",\"stream\":\"stderr\",\"time\":\"2026-01-01T00:00:00Z\"}"u8, out var entry));

        Assert.Equal("a\"é\n", Encoding.UTF8.GetString(entry.Line.Span));
        Assert.Equal(LogStream.Stderr, entry.Stream);
    }

    private async Task<List<string>> ReadAsync(LogQuery query)
    {
        var lines = new List<string>();
        await foreach (var entry in new LogReader(Log, LogCodec.Json, TimeProvider.System).ReadAsync(query, () => true, default))
            lines.Add(Text(entry));
        return lines;
    }

    private static string Text(LogEntry entry) => Encoding.UTF8.GetString(entry.Line.Span).TrimEnd('\n');

    private static DateTimeOffset Time(int second) => DateTimeOffset.UnixEpoch.AddSeconds(second);

    private static void Write(string path, int first, int last)
    {
        for (var number = first; number <= last; number++)
            File.AppendAllText(path, Line(number));
    }

    private static string Line(int number, string stream = "stdout") =>
        $"{{\"log\":\"{number}\\n\",\"stream\":\"{stream}\",\"time\":\"{Time(number):yyyy-MM-ddTHH:mm:ssZ}\"}}\n";
}
