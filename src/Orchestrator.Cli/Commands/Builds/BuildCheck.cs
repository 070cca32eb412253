using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using Orchestrator.Api;
using Orchestrator.Build.Syntax;
using Orchestrator.Build.Syntax.Checks;
using Orchestrator.Cli.Http;
using Orchestrator.Cli.Output;

namespace Orchestrator.Cli.Commands.Builds;

/// <summary>What the checks found in a build's Dockerfile.</summary>
/// <param name="Name">What the Dockerfile is called.</param>
/// <param name="Refusal">Why it is not to be built, where it says itself that findings are errors.</param>
internal sealed record BuildCheck(
    string Name, string Text, Dockerfile File, ImmutableArray<Finding> Findings, string? Refusal)
{
    /// <returns>Null where the Dockerfile is not here to be read.</returns>
    /// <exception cref="CliException">It is no Dockerfile; shows where.</exception>
    public static BuildCheck? Of(Session session, IBuildContext context, BuildFlags flags)
    {
        if (context.TryReadDockerfile() is not { } content) return null;
        var text = Encoding.UTF8.GetString(content);
        var isUnnamed = context.Dockerfile.Length == 0
            || context.Dockerfile.StartsWith(".dockerfile.", StringComparison.Ordinal);
        var name = isUnnamed ? "Dockerfile" : context.Dockerfile;
        try
        {
            var file = DockerfileParser.Parse(content);
            var findings = BuildChecks.Run(file, new CheckInputs
            {
                Ignored = context.Ignored,
                Platform = flags.Platform,
                Bases = image => FactsOf(session, image),
            });
            return new BuildCheck(name, text, file, findings, BuildChecks.Refusal(file, findings));
        }
        catch (DockerfileException fault)
        {
            throw new CliException($"{fault.Excerpt(name, text)}{fault.Message}", fault);
        }
    }

    /// <summary>All of it, for <c>--check</c>.</summary>
    /// <returns>1 where there is anything to say, as docker has it.</returns>
    public int Report(TextWriter writer, CallSpec call)
    {
        if (call.IsJson) writer.WriteLine(JsonText.Indented(Json()));
        else Write(writer);
        return Findings.IsEmpty || call.IgnoresStatus ? 0 : 1;
    }

    /// <summary>A line for each, below a build.</summary>
    public void Summarize(TextWriter writer)
    {
        if (Findings.IsEmpty) return;
        var plural = Findings.Length == 1 ? "" : "s";
        writer.WriteLine($"\n {Findings.Length} warning{plural} found (use --check to expand):");
        foreach (var finding in Findings)
            writer.WriteLine($" - {finding.Rule}: {finding.Message} (line {finding.Position.Line})");
    }

    private void Write(TextWriter writer)
    {
        if (Findings.IsEmpty)
        {
            writer.WriteLine("Check complete, no warnings found.");
            return;
        }
        var have = Findings.Length == 1 ? "warning has" : "warnings have";
        writer.WriteLine($"Check complete, {Findings.Length} {have} been found!");
        var lines = Text.Split('\n');
        foreach (var finding in Findings)
        {
            var number = finding.Position.Line;
            writer.WriteLine($"\nWARNING: {finding.Rule} (line {number})\n{finding.Message}\n\n{Name}:{number}");
            writer.WriteLine($"{number,4} | {lines.ElementAtOrDefault(number - 1)?.TrimEnd('\r')}");
        }
    }

    private JsonObject Json() => new()
    {
        ["warnings"] = new JsonArray([.. Findings.Select(JsonNode (finding) => new JsonObject
        {
            ["ruleName"] = finding.Rule,
            ["url"] = $"https://docs.docker.com/go/dockerfile/rule/{Dashed(finding.Rule)}/",
            ["detail"] = finding.Message,
            ["location"] = OutlineReport.Location(finding.Position),
        })]),
        ["sources"] = new JsonArray(new JsonObject
        {
            ["fileName"] = Name,
            ["language"] = "Dockerfile",
            ["data"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(Text)),
        }),
    };

    /// <summary><c>FromAsCasing</c> is <c>from-as-casing</c> in addresses.</summary>
    private static string Dashed(string rule) => string.Concat(rule.Select((c, i) =>
        char.IsAsciiLetterUpper(c) && i > 0 && !char.IsAsciiLetterUpper(rule[i - 1]) ? $"-{char.ToLowerInvariant(c)}"
            : $"{char.ToLowerInvariant(c)}"));

    /// <summary>What the daemon knows of a base image, if there is one and it has it: checks do without.</summary>
    private static BaseFacts? FactsOf(Session session, string image)
    {
        try
        {
            var known = session.Client.Get($"/images/{Uri.EscapeDataString(image)}/json", ApiJson.Wire.ImageInspect);
            var variables = (known.Config?.Env ?? []).Select(static pair => pair.Split('=')[0]);
            var hasShell = known.Config?.Shell is { Length: > 0 };
            return new BaseFacts([.. variables], $"{known.Os}/{known.Architecture}", hasShell);
        }
        catch (Exception e) when (e is CliException or DaemonException)
        {
            return null;
        }
    }
}
