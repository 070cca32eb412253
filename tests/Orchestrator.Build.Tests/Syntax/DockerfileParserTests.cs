using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Orchestrator.Build.Syntax;

namespace Orchestrator.Build.Tests.Syntax;

public sealed class DockerfileParserTests
{
    [Fact]
    public void Arguments_above_the_first_FROM_belong_to_no_stage()
    {
        var file = DockerfileParser.Parse("ARG V=1\nFROM a:$V AS one\nARG V\nRUN x\nFROM one\nCMD y\n");

        Assert.Equal("V", Assert.Single(Assert.Single(file.MetaArgs).Arguments).Name);
        Assert.Equal(["one", null], file.Stages.Select(stage => stage.Name));
        Assert.Equal(["ARG", "RUN"], file.Stages[0].Instructions.Select(instruction => instruction.Name));
        Assert.Equal(6, file.StepCount);
        Assert.True(file.Stages[0].IsCalled("ONE") && file.Stages[1].IsCalled("1") && !file.Stages[1].IsCalled("one"));
    }

    [Fact]
    public void Continuations_join_and_comments_within_them_go()
    {
        var file = DockerfileParser.Parse("FROM a\nRUN one && \\\n  # a comment\n\\\n   two \\  \n three\n");

        var run = Assert.IsType<RunInstruction>(file.Stages[0].Instructions[0]);
        Assert.Equal("RUN one &&    two  three", run.Original);
        Assert.Equal((new Position(2, 1), 6), (run.Position, run.Source.EndLine));
    }

    [Fact]
    public void An_empty_line_within_an_instruction_is_passed_over_with_a_warning()
    {
        var file = DockerfileParser.Parse("FROM a\nRUN x \\\n\n y\n");

        Assert.Equal("RUN x  y", file.Stages[0].Instructions[0].Original);
        Assert.Equal(new Finding("NoEmptyContinuation", new Position(4, 1), "Empty continuation line"), file.Findings[0]);
    }

    [Theory]
    [InlineData("# escape=`\nFROM a\nRUN x `\n c:\\\n", "RUN x  c:\\")]
    [InlineData("# Syntax = docker/dockerfile:1\n#escape=`\n\nFROM a\nRUN x `\n y", "RUN x  y")]
    [InlineData("FROM a\nRUN x \\\\\n", "RUN x \\\\")]
    [InlineData("\uFEFFFROM a\r\nRUN x \\\r\n  y\r\n", "RUN x   y")]
    [InlineData("  # a comment\n  FROM a\n  RUN x", "RUN x")]
    [InlineData("FROM a\n\n# c\n\\\nRUN x", "RUN x")]
    public void A_line_is_put_together_as_docker_does(string text, string original) =>
        Assert.Equal(original, DockerfileParser.Parse(Encoding.UTF8.GetBytes(text)).Stages[0].Instructions[0].Original);

    [Fact]
    public void Directives_are_read_until_the_first_line_that_is_none()
    {
        var file = DockerfileParser.Parse(
            "# syntax=x/y:1\n# check = skip=A, B;error=true\n# a comment\n# escape=`\nFROM a\n");

        Assert.Equal("x/y:1", file.Directives.Syntax);
        Assert.Equal("A|B", string.Join('|', file.Directives.SkippedChecks));
        Assert.True(file.Directives.FindingsAreErrors);
        Assert.Equal('\\', file.Directives.Escape);
    }

    [Theory]
    [InlineData("", 1, 1, "file with no instructions")]
    [InlineData("# only a comment\n\n", 2, 1, "file with no instructions")]
    [InlineData("ARG a\n", 1, 1, "dockerfile contains no stages to build")]
    [InlineData("ARG a\n  RUN x\n", 2, 3, "no build stage in current context")]
    [InlineData("# escape=x\nFROM a", 1, 1, "invalid escape token 'x' does not match ` or \\")]
    [InlineData("# escape=`\n# escape=`\nFROM a", 2, 1, "only one escape parser directive can be used")]
    [InlineData("# check=what\nFROM a", 1, 1, "invalid check option \"what\"")]
    [InlineData("# check=error=maybe\nFROM a", 1, 1, "failed to parse check option \"error=maybe\"")]
    [InlineData("FROM a\n\tENV a=b \\\n\t  c\n", 3, 4, "Syntax error - can't find = in \"c\". Must be of the form: name=value")]
    [InlineData("FROM a\nRUN x \\\n # c\n  && y\nNONSENSE\n", 5, 1, "unknown instruction: NONSENSE")]
    [InlineData("FROM a\nRUN <<EOF\nx\n", 2, 1, "unterminated heredoc")]
    [InlineData("FROM a\nCOPY a \\\n  <<EOF\nEOF\n", 2, 1, "COPY cannot accept a heredoc as a destination")]
    public void A_fault_names_line_and_column(string text, int line, int column, string reason)
    {
        var fault = Assert.Throws<DockerfileException>(() => DockerfileParser.Parse(text));

        Assert.Equal((reason, new Position(line, column)), (fault.Reason, fault.Position));
        Assert.Equal($"dockerfile parse error on line {line}: {reason}", fault.Message);
    }

    [Fact]
    public void An_excerpt_points_at_the_column()
    {
        const string Text = "FROM a\n\tENV a=b c\n";
        var fault = Assert.Throws<DockerfileException>(() => DockerfileParser.Parse(Text));

        Assert.Equal("Dockerfile:2:10\n   2 | \tENV a=b c\n     | \t        ^\n", fault.Excerpt("Dockerfile", Text));
    }

    [Fact]
    public void A_line_longer_than_64_KiB_is_refused()
    {
        var longest = "#" + new string('x', (64 * 1024) - 3) + "\n";

        Assert.Single(DockerfileParser.Parse("FROM a\n" + longest).Stages);
        var fault = Assert.Throws<DockerfileException>(() => DockerfileParser.Parse("FROM a\n#" + longest));
        Assert.Equal("dockerfile line greater than max allowed size of 65535", fault.Reason);
    }

    [Fact]
    public void Comments_right_above_an_instruction_stay_with_it()
    {
        var file = DockerfileParser.Parse("# away\n#\n# one\n# two\nFROM a\nRUN x\n");

        Assert.Equal("one|two", string.Join('|', file.Stages[0].From.Source.Comments));
        Assert.Empty(file.Stages[0].Instructions[0].Source.Comments);
    }

    [Fact]
    public void Any_text_is_read_or_refused_with_a_place() => Prop.ForAll(
        Gen.Elements(Pieces).ListOf().Select(pieces => string.Concat(pieces)).ToArbitrary(),
        Settles).QuickCheckThrowOnFailure();

    [Fact]
    public void A_Dockerfile_with_any_byte_changed_is_read_or_refused_with_a_place()
    {
        var bytes = Encoding.UTF8.GetBytes(Corpus.Everything);
        for (var i = 0; i < bytes.Length; i += 3)
        {
            var changed = bytes.ToArray();
            changed[i] ^= (byte)(1 << (i % 8));
            Assert.True(Settles(Encoding.UTF8.GetString(changed)));
            Assert.True(Settles(Encoding.UTF8.GetString(bytes.AsSpan(0, i))));
        }
    }

    [Fact]
    public void A_Dockerfile_written_from_its_tree_reads_as_the_same_tree()
    {
        var first = DockerfileParser.Parse(Corpus.Everything);
        var second = DockerfileParser.Parse(Corpus.Write(first));

        Assert.Equal(Texts(first), Texts(second));
    }

    private static readonly string[] Pieces =
    [
        "FROM a\n", "RUN ", "COPY ", "ADD ", "ENV ", "LABEL ", "ARG ", "ONBUILD ", "HEALTHCHECK ", "SHELL ", "EXPOSE ",
        "VOLUME ", "CMD ", "ENTRYPOINT ", "--mount=", "--from=x ", "--", "type=cache,", "<<EOF", "<<-'E'", "EOF\n", "E\n",
        "[", "]", "\"", "'", ",", "\\", "\\\n", "\n", "\r\n", "# ", "escape=`\n", "check=", "skip=x", "$", "${", "}", " ",
        "\t", "a=b ", "a", "é", "\u0000", "`", "NONE ", "=",
    ];

    private static bool Settles(string text)
    {
        try
        {
            DockerfileParser.Parse(text);
        }
        catch (DockerfileException fault)
        {
            return fault.Position.Line >= 1 && fault.Position.Column >= 1;
        }
        return true;
    }

    private static string Texts(Dockerfile file) => string.Join('\n', [
        .. file.MetaArgs.Select(TreeText.Of),
        .. file.Stages.SelectMany(stage => stage.Instructions.Prepend(stage.From)).Select(TreeText.Of)]);
}
