using System.Text;
using Orchestrator.Engine.Logs;
using Orchestrator.Engine.Logs.Journal;

namespace Orchestrator.Engine.Tests.Logs;

public sealed class JournalEntryTests
{
    [Fact]
    public void A_line_has_its_time_its_stream_and_the_fields_that_were_asked_for()
    {
        Assert.True(JournalEntry.TryParse("""
            {"__CURSOR":"c1","__REALTIME_TIMESTAMP":"1795327878583576","PRIORITY":"3","MESSAGE":"err","_PID":"1",
            "CONTAINER_ID":"a","CONTAINER_TAG":"a","TEAM":"x","REGION":"north"}
            """, out var entry));

        Assert.Equal("c1", entry.Cursor);
        Assert.Equal(LogStream.Stderr, entry.Log.Stream);
        Assert.Equal("err\n", Encoding.UTF8.GetString(entry.Log.Line.Span));
        Assert.Equal(1_795_327_878_583_576, (entry.Log.Time - DateTimeOffset.UnixEpoch).TotalMicroseconds);
        Assert.Equal([new("REGION", "north"), new("TEAM", "x")], entry.Log.Attributes!);
    }

    [Fact]
    public void What_is_no_text_comes_as_bytes_and_a_part_of_a_line_has_no_end()
    {
        Assert.True(JournalEntry.TryParse(
            """{"__REALTIME_TIMESTAMP":"1","MESSAGE":[255,1,98],"CONTAINER_PARTIAL_MESSAGE":"true"}""", out var entry));

        Assert.Equal(new byte[] { 255, 1, 98 }, entry.Log.Line.ToArray());
        Assert.Null(entry.Log.Attributes);
    }

    [Theory]
    [InlineData("""{"__REALTIME_TIMESTAMP":"1"}""")]
    [InlineData("""{"MESSAGE":"no time"}""")]
    [InlineData("""{"__REALTIME_TIMESTAMP":"1","MESSAGE":null}""")]
    public void An_entry_without_message_or_time_is_passed_over(string line) =>
        Assert.False(JournalEntry.TryParse(line, out _));
}
