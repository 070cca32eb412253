using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Orchestrator.Engine.Logs.Journal;

/// <summary>One entry of systemd's journal, as <c>journalctl --output json</c> prints it.</summary>
/// <param name="Cursor">Its place in the journal.</param>
/// <remarks>Source: systemd, journal-export-formats; the fields are docker's.</remarks>
internal sealed record JournalEntry(string Cursor, LogEntry Log)
{
    private const string Errors = "3";

    /// <summary>What every entry has; the rest was asked for with the log options labels and env.</summary>
    private static readonly HashSet<string> Known =
    [
        "MESSAGE", "PRIORITY", "SYSLOG_IDENTIFIER", "SYSLOG_FACILITY", "SYSLOG_PID", "CONTAINER_ID", "CONTAINER_ID_FULL",
        "CONTAINER_NAME", "CONTAINER_TAG", "IMAGE_NAME", "CONTAINER_PARTIAL_MESSAGE",
    ];

    /// <returns>False for what has no message or no time: nothing of ours.</returns>
    public static bool TryParse(string line, [NotNullWhen(true)] out JournalEntry? entry)
    {
        entry = null;
        using var document = JsonDocument.Parse(line);
        var fields = document.RootElement;
        if (!fields.TryGetProperty("MESSAGE", out var message) || Bytes(message) is not { } text
            || !long.TryParse(Text(fields, "__REALTIME_TIMESTAMP"), CultureInfo.InvariantCulture, out var microseconds))
            return false;
        if (Text(fields, "CONTAINER_PARTIAL_MESSAGE") != "true")
            text = [.. text, (byte)'\n'];
        entry = new JournalEntry(Text(fields, "__CURSOR"), new LogEntry(
            Text(fields, "PRIORITY") == Errors ? LogStream.Stderr : LogStream.Stdout,
            DateTimeOffset.UnixEpoch.AddMicroseconds(microseconds), text, Attributes(fields)));
        return true;
    }

    private static List<KeyValuePair<string, string>>? Attributes(JsonElement fields)
    {
        var asked = fields.EnumerateObject()
            .Where(field => !field.Name.StartsWith('_') && !Known.Contains(field.Name))
            .Select(field => new KeyValuePair<string, string>(field.Name, Text(fields, field.Name)))
            .OrderBy(field => field.Key, StringComparer.Ordinal).ToList();
        return asked.Count > 0 ? asked : null;
    }

    private static string Text(JsonElement fields, string name) =>
        fields.TryGetProperty(name, out var value) && Bytes(value) is { } bytes ? Encoding.UTF8.GetString(bytes) : "";

    /// <summary>What is no text is an array of bytes.</summary>
    private static byte[]? Bytes(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => Encoding.UTF8.GetBytes(value.GetString()!),
        JsonValueKind.Array when value.EnumerateArray().All(one => one.ValueKind == JsonValueKind.Number) =>
            [.. value.EnumerateArray().Select(one => one.GetByte())],
        _ => null,
    };
}
