namespace Orchestrator.Cli.Tests;

public sealed class EntryTests
{
    private const string Nowhere = "unix:///nonexistent/orch.sock";

    [Fact]
    public void An_unreachable_daemon_is_named_with_the_remedy()
    {
        var result = CliResult.Of(Nowhere, "", "ps");

        Assert.Equal(1, result.ExitCode);
        Assert.Equal(
            $"Cannot connect to the orch daemon at {Nowhere}. Is orchd running? "
            + "Start it with 'systemctl start orchd', or name another daemon with -H or ORCH_HOST.\n", result.Error);
    }

    [Theory]
    [InlineData(125, "unknown flag: --foo\n\nUsage:  orch ps [OPTIONS]\n\nRun 'orch ps --help' for more information\n", "ps", "--foo")]
    [InlineData(1, "orch: 'orch rm' requires at least 1 argument\n\nUsage:  orch rm [OPTIONS] CONTAINER [CONTAINER...]\n\nRun 'orch rm --help' for more information\n", "rm")]
    [InlineData(1, "orch: 'orch network create' requires 1 argument\n\nUsage:  orch network create [OPTIONS] NETWORK\n\nRun 'orch network create --help' for more information\n", "network", "create", "a", "b")]
    [InlineData(1, "orch: unknown command: orch nosuch\n\nRun 'orch --help' for more information\n", "nosuch")]
    [InlineData(1, "orch: unknown command: orch imgaes\n\nDid you mean 'orch images'?\n\nRun 'orch --help' for more information\n", "imgaes")]
    [InlineData(125, "unknown flag: --no-trnc. Did you mean --no-trunc?\n\nUsage:  orch ps [OPTIONS]\n\nRun 'orch ps --help' for more information\n", "ps", "--no-trnc")]
    [InlineData(64, "Error parsing format: template: :1: function \"foo\" not defined\n", "events", "--format", "{{foo}}")]
    public void A_bad_command_line_is_explained(int code, string error, params string[] args)
    {
        var result = CliResult.Of(Nowhere, "", args);

        Assert.Equal(new CliResult(code, "", error), result);
    }

    /// <summary>As docker 28 has it, but for the fields that there are in place of Go's types.</summary>
    [Theory]
    [InlineData("ps", "{{.Nope}}", 1, "", "failed to execute template: template: :1:2: executing \"\" at <.Nope>: can't evaluate field Nope: there are ID, ")]
    [InlineData("ps", "table {{.ID.X}}", 1, "", "failed to execute template: template: :1:11: executing \"\" at <.ID.X>: can't evaluate field X in type string")]
    [InlineData("ps", "{{.ID", 1, "", "failed to parse template: template: :1: unclosed action")]
    [InlineData("ps", "{{slice .Image 0 90}}", 0, "", "")] // Docker tries that, too, with a container that is empty.
    [InlineData("ps", "{{.Label \"zone\"}}", 0, "", "")]
    [InlineData("images", "{{", 1, "", "template parsing error: template: :1: unclosed action")]
    [InlineData("info", "a {{.Nope}}", 1, "a \n", "template: :1:4: executing \"\" at <.Nope>: can't evaluate field Nope")]
    [InlineData("info", "{{", 64, "", "template parsing error: template: :1: unclosed action")]
    [InlineData("version", "a {{.Nope}}", 1, "a \n", "template: version:1:4: executing \"version\" at <.Nope>: can't evaluate field Nope: there are Client, Server")]
    [InlineData("version", "{{", 64, "", "template parsing error: template: version:1: unclosed action")]
    [InlineData("events", "{{.Nope}}", 64, "", "Error parsing format: template: :1:2: executing \"\" at <.Nope>: can't evaluate field Nope")]
    [InlineData("events", "{{", 64, "", "Error parsing format: template: :1: unclosed action")]
    public void A_template_that_does_not_fit_is_told_even_where_there_is_nothing_to_show(
        string command, string format, int code, string output, string error)
    {
        using var daemon = new FakeDaemon()
            .Answer("GET /containers/json", 200, "[]").Answer("GET /images/json", 200, "[]")
            .Answer("GET /info", 200, "{}").Answer("GET /version", 200, "{}").Answer("GET /events", 200);

        var result = CliResult.Of(daemon.Address, "", command, "--format", format);

        Assert.Equal((code, output), (result.ExitCode, result.Out));
        Assert.StartsWith(error, result.Error);
    }

    [Fact]
    public void Every_command_has_help_that_names_it_and_its_flags()
    {
        foreach (var entry in Cli.Commands.Catalog.Entries)
        {
            var result = CliResult.Of(Nowhere, "", [.. entry.Path.Split(' '), "--help"]);

            if (entry.Path == "--version") continue;
            Assert.Equal(0, result.ExitCode);
            Assert.StartsWith($"Usage:  orch {entry.Path}", result.Out, StringComparison.Ordinal);
            Assert.Contains("--help", result.Out, StringComparison.Ordinal);
            Assert.Matches("\n\nExamples:\n  .*orch ", result.Out);
        }
    }

    [Fact]
    public void Groups_and_the_whole_have_help_too()
    {
        Assert.Contains("  create      Create a network", CliResult.Of(Nowhere, "", "network").Out, StringComparison.Ordinal);
        Assert.Contains("Management Commands:", CliResult.Of(Nowhere, "", "help").Out, StringComparison.Ordinal);
        Assert.StartsWith("Usage:  orch run", CliResult.Of(Nowhere, "", "help", "run").Out, StringComparison.Ordinal);
    }
}
