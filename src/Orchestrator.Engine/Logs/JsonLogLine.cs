using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Orchestrator.Engine.Logs;

/// <summary>One line of docker's json-file format: <c>{"log":"…\n","stream":"stdout","time":"…"}</c>.</summary>
internal static class JsonLogLine
{
    /// <returns>False for what is no such line: the torn end a power cut can leave.</returns>
    public static bool TryParse(ReadOnlySpan<byte> line, [NotNullWhen(true)] out LogEntry? entry)
    {
        entry = null;
        try
        {
            return TryRead(line, out entry);
        }
        catch (JsonException)
        {
            return false;
        }
        catch (InvalidOperationException)
        {
            return false; // A field is not the string it ought to be.
        }
    }

    private static bool TryRead(ReadOnlySpan<byte> line, [NotNullWhen(true)] out LogEntry? entry)
    {
        byte[]? text = null;
        DateTimeOffset? time = null;
        var stream = LogStream.Stdout;
        List<KeyValuePair<string, string>>? attributes = null;
        var reader = new Utf8JsonReader(line);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isLog = reader.ValueTextEquals("log"u8);
            var isStream = reader.ValueTextEquals("stream"u8);
            var isTime = reader.ValueTextEquals("time"u8);
            var isAttributes = reader.ValueTextEquals("attrs"u8);
            reader.Read();
            if (isLog)
                text = Unescape(ref reader);
            else if (isStream)
                stream = reader.ValueTextEquals("stderr"u8) ? LogStream.Stderr : LogStream.Stdout;
            else if (isTime && reader.TryGetDateTimeOffset(out var at))
                time = at;
            else if (isAttributes && reader.TokenType == JsonTokenType.StartObject)
                attributes = Attributes(ref reader);
            else
                reader.Skip();
        }

        entry = text is null || time is null ? null : new LogEntry(stream, time.Value, text, attributes);
        return entry is not null;
    }

    private static List<KeyValuePair<string, string>> Attributes(ref Utf8JsonReader reader)
    {
        var all = new List<KeyValuePair<string, string>>();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            all.Add(new(name, reader.GetString() ?? ""));
        }

        return all;
    }

    private static byte[] Unescape(ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped)
            return reader.ValueSpan.ToArray();
        var buffer = new byte[reader.ValueSpan.Length];
        return buffer[..reader.CopyString(buffer)];
    }
}
