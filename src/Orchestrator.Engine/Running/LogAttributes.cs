using System.Buffers;
using System.Text.Json;
using System.Text.RegularExpressions;
using Orchestrator.Engine.Containers;

namespace Orchestrator.Engine.Running;

/// <summary>What the log options labels, env and tag put into each line of a container's log.</summary>
internal static partial class LogAttributes
{
    /// <param name="option">The value of a log option, or null.</param>
    /// <returns>A JSON object, names in order; null: there are none.</returns>
    public static byte[]? Of(ContainerRecord record, Func<string, string?> option)
    {
        var all = Chosen(record, option);
        if (option("tag") is { Length: > 0 } tag)
            all["tag"] = Tag(tag, record);
        return all.Count == 0 ? null : Json(all);
    }

    /// <summary>Labels and variables that the options name.</summary>
    public static SortedDictionary<string, string> Chosen(ContainerRecord record, Func<string, string?> option)
    {
        var all = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var environment = record.Process.Environment.Select(v => v.Split('=', 2)).Where(v => v.Length == 2)
            .Select(v => KeyValuePair.Create(v[0], v[1]));
        Take(all, record.Process.Labels, option("labels"), option("labels-regex"));
        Take(all, environment, option("env"), option("env-regex"));
        return all;
    }

    private static void Take(
        SortedDictionary<string, string> into, IEnumerable<KeyValuePair<string, string>> from, string? names,
        string? pattern)
    {
        var wanted = (names ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var regex = pattern is null ? null : new Regex(pattern, RegexOptions.NonBacktracking);
        foreach (var (name, value) in from)
        {
            if (wanted.Contains(name) || regex?.IsMatch(name) == true)
                into[name] = value;
        }
    }

    /// <summary>Docker's template of a tag; a field it does not know stays as it is.</summary>
    internal static string Tag(string template, ContainerRecord record) =>
        Field().Replace(template, field => field.Groups[1].Value switch
        {
            "ID" => record.ShortId,
            "FullID" => record.Id,
            "Name" => record.Name,
            "ImageName" => record.Spec.Image,
            "ImageFullID" => record.ImageId,
            "ImageID" => record.ImageId.Split(':')[^1] is { Length: >= 12 } id ? id[..12] : record.ImageId,
            "DaemonName" => "orch",
            _ => field.Value,
        });

    private static byte[] Json(SortedDictionary<string, string> all)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach (var (name, value) in all)
                json.WriteString(name, value);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    [GeneratedRegex(@"\{\{\s*\.(\w+)\s*\}\}")]
    private static partial Regex Field();
}
