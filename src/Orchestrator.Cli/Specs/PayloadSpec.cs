using Orchestrator.Api.Swarm;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Specs;

/// <summary>A service's <c>--secret</c> or <c>--config</c>: a name, or
/// <c>source=NAME,target=FILE,uid=0,gid=0,mode=0444</c>.</summary>
internal sealed record PayloadSpec(string Source, FileTarget File)
{
    /// <exception cref="FormatException">A field is unknown, or not what it should be.</exception>
    public static PayloadSpec Parse(string text)
    {
        var (source, target) = ("", "");
        var file = new FileTarget { UID = "0", GID = "0", Mode = 0x124 };
        if (!text.Contains('=', StringComparison.Ordinal) && !text.Contains(',', StringComparison.Ordinal))
            return new(text, file with { Name = text });
        foreach (var (key, value) in CsvFields.Parse(text))
        {
            switch (key.ToLowerInvariant())
            {
                case "source" or "src": source = value ?? ""; break;
                case "target": target = value ?? ""; break;
                case "uid": file.UID = value ?? ""; break;
                case "gid": file.GID = value ?? ""; break;
                case "mode": file.Mode = Mode(value ?? ""); break;
                default: throw new FormatException($"invalid field key {key}");
            }
        }

        if (source.Length == 0) throw new FormatException("source is required");
        return new(source, file with { Name = target.Length > 0 ? target : source });
    }

    private static uint Mode(string text)
    {
        try
        {
            return Convert.ToUInt32(text, 8);
        }
        catch (Exception e) when (e is FormatException or ArgumentException or OverflowException)
        {
            throw new FormatException($"invalid mode specified: {text}", e);
        }
    }
}
