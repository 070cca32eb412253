namespace Orchestrator.Build.Syntax.Parsing;

/// <summary>The value of <c># check=</c>: <c>skip=RULE,RULE;error=true</c>.</summary>
internal static class CheckOptions
{
    /// <exception cref="DockerfileException">An option there is not.</exception>
    public static ParserDirectives Apply(ParserDirectives directives, string value, Position position)
    {
        foreach (var option in value.Split(';').Select(option => option.Trim()).Where(option => option.Length > 0))
        {
            var equals = option.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0) throw Invalid(option);
            var argument = option[(equals + 1)..].Trim();
            directives = option[..equals].Trim() switch
            {
                "skip" => directives with { SkippedChecks = [.. Names(argument)] },
                "error" when Switch(argument) is { } isError => directives with { FindingsAreErrors = isError },
                "error" => throw new DockerfileException(
                    $"failed to parse check option {GoText.Quote(option)}", position),
                "experimental" => directives with { ExperimentalChecks = [.. Names(argument)] },
                _ => throw Invalid(option[..equals].Trim()),
            };
        }
        return directives;

        DockerfileException Invalid(string option) =>
            new($"invalid check option {GoText.Quote(option)}", position);
    }

    private static IEnumerable<string> Names(string list) =>
        list.Split(',').Select(name => name.Trim()).Where(name => name.Length > 0);

    private static bool? Switch(string value) => value switch
    {
        "1" or "t" or "T" or "true" or "TRUE" or "True" => true,
        "0" or "f" or "F" or "false" or "FALSE" or "False" => false,
        _ => null,
    };
}
