using System.Collections.Immutable;

namespace Orchestrator.Build.Syntax.Checks;

/// <summary>BuildKit's build checks, by its names: warnings that end a build only where it asks for that.</summary>
/// <remarks>Source: docs.docker.com, "Build checks". Pure.</remarks>
public static class BuildChecks
{
    private const string Experimental = "InvalidDefinitionDescription";

    /// <returns>In the order of lines, less those that the Dockerfile silences.</returns>
    public static ImmutableArray<Finding> Run(Dockerfile file, CheckInputs inputs)
    {
        var sink = new FindingSink();
        foreach (var finding in file.Findings) sink.Add(finding);
        CasingChecks.Run(file, sink);
        NameChecks.Run(file, sink);
        FromChecks.Run(file, inputs, sink);
        new StageChecks(file, inputs, sink).Run();
        return
        [
            .. sink.Findings.Where(finding => IsWanted(file, finding)).Distinct()
                .OrderBy(finding => finding.Position).ThenBy(finding => finding.Rule, StringComparer.Ordinal),
        ];
    }

    /// <summary>Docker's words for a Dockerfile whose findings are errors by its own directive; null: go on.</summary>
    public static string? Refusal(Dockerfile file, IEnumerable<Finding> findings)
    {
        var rules = findings.Select(finding => finding.Rule).Distinct().Order(StringComparer.Ordinal).ToList();
        return file.Directives.FindingsAreErrors && rules.Count > 0
            ? $"lint violation found for rules: {string.Join(", ", rules)}" : null;
    }

    private static bool IsWanted(Dockerfile file, Finding finding)
    {
        var directives = file.Directives;
        if (finding.Rule == Experimental) return IsNamed(directives.ExperimentalChecks, finding.Rule);
        return !IsNamed(directives.SkippedChecks, finding.Rule)
            && !IsNamed(SkippedAt(file, finding.Position), finding.Rule);
    }

    private static bool IsNamed(ImmutableArray<string> names, string rule) =>
        names.Contains("all") || names.Contains(rule);

    /// <summary>Rules that a comment <c># check=skip=</c> right above the instruction silences for it.</summary>
    private static ImmutableArray<string> SkippedAt(Dockerfile file, Position position)
    {
        var instruction = Instructions.Of(file).FirstOrDefault(candidate => candidate.Position == position);
        var options = instruction?.Source.Comments
            .LastOrDefault(comment => comment.StartsWith("check=", StringComparison.Ordinal));
        if (options is null) return [];
        try
        {
            return Parsing.CheckOptions.Apply(ParserDirectives.None, options["check=".Length..], position).SkippedChecks;
        }
        catch (DockerfileException)
        {
            return []; // It is a comment, after all.
        }
    }
}
