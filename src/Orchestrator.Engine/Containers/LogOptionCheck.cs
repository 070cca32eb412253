using System.Globalization;
using System.Text.RegularExpressions;

namespace Orchestrator.Engine.Containers;

/// <summary>Refuses options of the json-file log that the shim would refuse, in the names the user typed.</summary>
public static partial class LogOptionCheck
{
    /// <summary>Names of the drivers there are.</summary>
    public static IReadOnlyList<string> Drivers { get; } = ["json-file", "none"];

    private static readonly string[] Known =
        ["max-size", "max-file", "mode", "max-buffer-size", "labels", "labels-regex", "env", "env-regex", "tag"];

    /// <exception cref="EngineException">No such driver or option, or a value it cannot have.</exception>
    public static void Check(LogSpec log)
    {
        if (log.Driver is not ("" or "json-file" or "none"))
            throw EngineException.Invalid(
                $"logger: no log driver named '{log.Driver}' is registered; use json-file or none");
        foreach (var (name, value) in log.Options ?? new Dictionary<string, string>())
        {
            if (log.Driver == "none" || !Known.Contains(name))
                throw EngineException.Invalid(
                    $"unknown log opt '{name}' for {(log.Driver.Length == 0 ? "json-file" : log.Driver)} log driver");
            if (Fault(name, value) is { } remedy)
                throw EngineException.Invalid($"invalid value for log opt {name}: '{value}'; {remedy}");
        }
    }

    private static string? Fault(string name, string value) => name switch
    {
        "max-size" when value != "-1" && !Size().IsMatch(value) => "use a size such as 10m, or -1",
        "max-buffer-size" when !Size().IsMatch(value) => "use a size such as 1m",
        "max-file" when !(int.TryParse(value, CultureInfo.InvariantCulture, out var files) && files > 0) =>
            "use 1 or more",
        "mode" when value is not ("blocking" or "non-blocking") => "use blocking or non-blocking",
        "labels-regex" or "env-regex" when !IsPattern(value) => "it is no regular expression",
        _ => null,
    };

    private static bool IsPattern(string value)
    {
        try
        {
            _ = new Regex(value, RegexOptions.NonBacktracking);
            return true;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return false;
        }
    }

    [GeneratedRegex("^[0-9]+[kmgKMG]?[bB]?$")]
    private static partial Regex Size();
}
