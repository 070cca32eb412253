namespace Orchestrator.Runtime.Commands;

/// <summary><c>--format table|json</c>.</summary>
internal static class Formats
{
    public static bool IsJson(Arguments arguments) => (arguments["format"] ?? "table") switch
    {
        "json" => true,
        "table" => false,
        var other => throw new RuntimeException($"--format \"{other}\" is unknown; use table or json", 2),
    };
}
