using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Builds;

/// <summary>
/// <c>--cache-from</c> and <c>--cache-to</c>: an image, <c>type=registry,ref=IMAGE</c>, <c>type=local</c> with a folder
/// of this host, or <c>type=inline</c>.
/// </summary>
/// <param name="Text">As the daemon is to be told; empty: it is not.</param>
/// <param name="Folder">Of <c>type=local</c>; empty: another type.</param>
/// <param name="AllStages"><c>mode=max</c>.</param>
/// <param name="MayFail"><c>ignore-error</c>: that it cannot be written is a warning.</param>
internal sealed record CacheSpec(string Text, string Folder = "", bool AllStages = false, bool MayFail = false)
{
    private static readonly string[] FromKeys = ["type", "ref", "src"];

    private static readonly string[] ToKeys =
        ["type", "ref", "dest", "mode", "ignore-error", "oci-mediatypes", "image-manifest", "compression"];

    public static string CheckFrom(string text)
    {
        From(text);
        return text;
    }

    public static string CheckTo(string text)
    {
        To(text);
        return text;
    }

    /// <exception cref="FormatException">What cannot be, and what to write in its place.</exception>
    public static CacheSpec From(string text)
    {
        if (!text.Contains('=', StringComparison.Ordinal)) return new CacheSpec(text);
        var fields = Fields("cache-from", text, FromKeys);
        return fields.GetValueOrDefault("type", "registry") switch
        {
            "registry" => new CacheSpec($"type=registry,ref={Required("cache-from", fields, "ref", "IMAGE")}"),
            "local" => new CacheSpec("", Required("cache-from", fields, "src", "FOLDER")),
            "inline" => throw new FormatException(
                "cache-from knows no type \"inline\": name the image that has the cache in it"),
            var type => throw Unknown("cache-from", type, "type=local,src=FOLDER"),
        };
    }

    /// <inheritdoc cref="From"/>
    public static CacheSpec To(string text)
    {
        if (!text.Contains('=', StringComparison.Ordinal)) return new CacheSpec(text);
        var fields = Fields("cache-to", text, ToKeys);
        var mode = fields.GetValueOrDefault("mode", "min");
        if (mode is not ("min" or "max")) throw new FormatException($"cache-to knows no mode \"{mode}\": write min or max");
        if (fields.GetValueOrDefault("compression", "gzip") is not "gzip" and var compression)
            throw new FormatException($"cache-to writes gzip, not {compression}: leave compression out");
        var mayFail = fields.GetValueOrDefault("ignore-error") is "true" or "1";
        return fields.GetValueOrDefault("type", "registry") switch
        {
            "registry" => new CacheSpec(
                $"type=registry,ref={Required("cache-to", fields, "ref", "IMAGE")}"
                + (mode == "max" ? ",mode=max" : "") + (mayFail ? ",ignore-error=true" : "")),
            "local" => new CacheSpec("", Required("cache-to", fields, "dest", "FOLDER"), mode == "max", mayFail),
            "inline" when mode == "max" => throw new FormatException(
                "cache-to keeps mode=max in no image: write type=registry or type=local"),
            "inline" => new CacheSpec(""), // Every image of ours is: its history says how it was made.
            var type => throw Unknown("cache-to", type, "type=local,dest=FOLDER or type=inline"),
        };
    }

    private static Dictionary<string, string> Fields(string flag, string text, string[] known)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in CsvFields.Parse(text))
        {
            if (!known.Contains(key))
                throw new FormatException($"{flag} knows no \"{key}\": there are {string.Join(", ", known)}");
            fields[key] = value ?? "";
        }
        return fields;
    }

    private static string Required(string flag, Dictionary<string, string> fields, string key, string what) =>
        fields.GetValueOrDefault(key) is { Length: > 0 } value ? value
            : throw new FormatException($"{flag} needs {key}={what}");

    private static FormatException Unknown(string flag, string type, string others) =>
        new($"{flag} knows no type \"{type}\": write type=registry,ref=IMAGE, {others}");
}
