using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Builds;

/// <summary><c>--call</c>: what is to be done with a Dockerfile, <c>check,format=json,ignorestatus=true</c>.</summary>
/// <param name="Name">build, check, outline or targets.</param>
/// <param name="IgnoresStatus">What a check finds is no failure.</param>
internal sealed record CallSpec(string Name, bool IsJson, bool IgnoresStatus)
{
    public static string Check(string text)
    {
        Parse(text);
        return text;
    }

    /// <exception cref="FormatException">Docker's words, and what there is.</exception>
    public static CallSpec Parse(string text)
    {
        var (name, format, ignores) = ("build", "", false);
        foreach (var (key, value) in CsvFields.Parse(text))
        {
            if (value is null) name = key == "lint" ? "check" : key;
            else if (key == "format") format = value;
            else if (key == "ignorestatus") ignores = value is "true" or "1";
            else throw new FormatException($"invalid print field: {key}={value}: there are format and ignorestatus");
        }
        if (name is not ("build" or "check" or "outline" or "targets"))
            throw new FormatException($"invalid call: {name}: one of build, check, outline, targets");
        return format is "" or "text" or "json" ? new CallSpec(name, format == "json", ignores)
            : throw new FormatException($"invalid call: format {format}: one of text, json");
    }
}
