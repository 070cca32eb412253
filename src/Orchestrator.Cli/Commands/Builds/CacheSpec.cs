using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Builds;

/// <summary><c>--cache-from</c> and <c>--cache-to</c>: an image, or <c>type=registry,ref=IMAGE</c>.</summary>
internal static class CacheSpec
{
    /// <returns>The image.</returns>
    /// <exception cref="FormatException">A kind of cache that is not kept in a registry.</exception>
    public static string From(string text) => Image(text, "cache-from");

    /// <inheritdoc cref="From"/>
    public static string To(string text) => Image(text, "cache-to");

    private static string Image(string text, string flag)
    {
        if (!text.Contains('=', StringComparison.Ordinal)) return text;
        var fields = CsvFields.Parse(text);
        var type = fields.Find(static field => field.Key == "type").Value;
        if (type is not (null or "registry"))
            throw new FormatException($"{flag} knows no type \"{type}\": write type=registry,ref=IMAGE");
        return fields.Find(static field => field.Key == "ref").Value is { Length: > 0 } image ? image
            : throw new FormatException($"{flag} needs ref=IMAGE");
    }
}
