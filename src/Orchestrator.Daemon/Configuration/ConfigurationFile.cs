using System.Text.Json;
using Orchestrator.Daemon.Startup;
using static Orchestrator.Daemon.Configuration.SettingKind;

namespace Orchestrator.Daemon.Configuration;

/// <summary>dockerd's daemon.json: its settings as what the same flags would have been given.</summary>
internal static class ConfigurationFile
{
    /// <summary>Objects whose fields are settings of their own, named with what they are in.</summary>
    private static readonly string[] Groups =
        ["proxies", "builder", "builder.gc", "builder.entitlements", "registry-proxy"];

    private static readonly JsonDocumentOptions Lenient =
        new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <exception cref="StartupException">Not to be read, no JSON object, an unknown key, or a value of the wrong type;
    /// the message is a line with the file and the key.</exception>
    public static IReadOnlyList<(Setting Setting, IReadOnlyList<string> Values)> Read(string path)
    {
        try
        {
            var bytes = File.ReadAllBytes(path);
            // dockerd takes an empty file for one without settings.
            var isEmpty = bytes.AsSpan().Trim(" \r\n\t"u8).Length == 0;
            using var document = JsonDocument.Parse(isEmpty ? "{}"u8.ToArray() : bytes, Lenient);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw Fault(path, "is no JSON object of settings");
            var properties = document.RootElement.EnumerateObject().SelectMany(one => Flat(one.Name, one.Value)).ToList();
            var unknown = properties.Where(one => Settings.OfKey(one.Key) is null).Select(one => one.Key).ToList();
            if (unknown.Count > 0)
                throw Fault(
                    path, $"the following directives don't match any configuration option: {string.Join(", ", unknown)}");
            return [.. properties.Select(one => Read(path, Settings.OfKey(one.Key)!, one.Value))];
        }
        catch (JsonException e)
        {
            throw Fault(path, $"is not JSON: line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"unable to configure the daemon with file {path}: {e.Message}", e);
        }
    }

    internal static StartupException Fault(string path, string what) =>
        new($"unable to configure the daemon with file {path}: {what}");

    private static IEnumerable<(string Key, JsonElement Value)> Flat(string key, JsonElement value) =>
        Groups.Contains(key) && value.ValueKind == JsonValueKind.Object
            ? value.EnumerateObject().SelectMany(one => Flat($"{key}.{one.Name}", one.Value)) : [(key, value)];

    private static (Setting, IReadOnlyList<string>) Read(string path, Setting setting, JsonElement value) =>
        (setting, Values(setting.Kind, value) ?? throw Fault(
            path, $"{setting.Key} is {Word(value.ValueKind)}; write {Wanted(setting.Kind)}"));

    /// <returns>Null: a value of another type is wanted.</returns>
    private static List<string>? Values(SettingKind kind, JsonElement value) => (kind, value.ValueKind) switch
    {
        (Text, JsonValueKind.String) or (Size, JsonValueKind.String) => [value.GetString()!],
        (Truth, JsonValueKind.True or JsonValueKind.False) => [value.GetBoolean() ? "true" : "false"],
        (Number or Size, JsonValueKind.Number) => [value.GetRawText()],
        (List, JsonValueKind.Array) => All(value.EnumerateArray(), String),
        (Records, JsonValueKind.Array) => All(value.EnumerateArray(), Fields),
        (Pairs, JsonValueKind.Object) => All(value.EnumerateObject(), Pair),
        (Objects, JsonValueKind.Object) => All(
            value.EnumerateObject(),
            one => one.Value.ValueKind == JsonValueKind.Object ? $"{one.Name}={one.Value.GetRawText()}" : null),
        (Named, JsonValueKind.Object) => All(
            value.EnumerateObject(), one => Fields(one.Value) is { } fields ? $"{one.Name}={fields}" : null),
        _ => null,
    };

    /// <summary>An object in a list is what <c>key=value,key=value</c> is on the command line.</summary>
    private static string? Fields(JsonElement value) => value.ValueKind == JsonValueKind.Object
        ? string.Join(',', value.EnumerateObject().Select(pair => $"{pair.Name}={Plain(pair.Value)}")) : null;

    private static string? Pair(JsonProperty pair) => pair.Value.ValueKind switch
    {
        JsonValueKind.String => $"{pair.Name}={pair.Value.GetString()}",
        JsonValueKind.True or JsonValueKind.False => $"{pair.Name}={pair.Value.GetRawText()}",
        _ => null,
    };

    private static string? String(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string Plain(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    private static List<string>? All<T>(IEnumerable<T> items, Func<T, string?> read)
    {
        var all = items.Select(read).ToList();
        var present = all.OfType<string>().ToList();
        return present.Count == all.Count ? present : null;
    }

    private static string Word(JsonValueKind kind) => kind switch
    {
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "true or false",
        JsonValueKind.Array => "an array of something else",
        JsonValueKind.Object => "an object of something else",
        _ => "null",
    };

    private static string Wanted(SettingKind kind) => kind switch
    {
        Text => "a string",
        Truth => "true or false, without quotes",
        Number => "a number, without quotes",
        Size => "a string such as \"64m\", or a number",
        List => "an array of strings",
        Records => "an array of objects",
        Pairs => "an object of strings",
        _ => "an object of objects",
    };
}
