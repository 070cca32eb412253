using System.Text;
using Orchestrator.Build.Syntax;
using Orchestrator.Build.Syntax.Checks;

namespace Orchestrator.Cli.Commands.Builds;

/// <summary><c>orch build --check</c>: the checks alone, without a daemon.</summary>
internal static class BuildCheck
{
    /// <returns>1 where there is anything to say, as docker has it.</returns>
    public static int Run(Session session, IBuildContext context, BuildFlags flags)
    {
        var content = context.ReadDockerfile();
        var text = Encoding.UTF8.GetString(content);
        var name = context.Dockerfile.StartsWith(".dockerfile.", StringComparison.Ordinal) || context.Dockerfile.Length == 0
            ? "Dockerfile" : context.Dockerfile;
        try
        {
            var file = DockerfileParser.Parse(content);
            var findings = BuildChecks.Run(file, new CheckInputs
            {
                Ignored = context.Ignored,
                BuildArguments = [.. flags.BuildArguments],
                Platform = flags.Platform,
            });
            Write(session.Out, findings, name, text);
            return findings.IsEmpty ? 0 : 1;
        }
        catch (DockerfileException fault)
        {
            throw new CliException($"{fault.Excerpt(name, text)}{fault.Message}", fault);
        }
    }

    private static void Write(TextWriter writer, IReadOnlyCollection<Finding> findings, string name, string text)
    {
        if (findings.Count == 0)
        {
            writer.WriteLine("Check complete, no warnings found.");
            return;
        }
        writer.WriteLine($"Check complete, {findings.Count} warning{(findings.Count == 1 ? " has" : "s have")} been found!");
        var lines = text.Split('\n');
        foreach (var finding in findings)
        {
            var number = finding.Position.Line;
            writer.WriteLine($"\nWARNING: {finding.Rule} (line {number})\n{finding.Message}\n\n{name}:{number}");
            writer.WriteLine($"{number,4} | {lines.ElementAtOrDefault(number - 1)?.TrimEnd('\r')}");
        }
    }
}
