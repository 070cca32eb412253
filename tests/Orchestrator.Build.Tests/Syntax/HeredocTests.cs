using Orchestrator.Build.Syntax;

namespace Orchestrator.Build.Tests.Syntax;

public sealed class HeredocTests
{
    [Theory]
    [InlineData("RUN <<EOF\na\nEOF", "EOF", true, false, 0, "a\n")]
    [InlineData("RUN <<'EOF'\n$a\nEOF", "EOF", false, false, 0, "$a\n")]
    [InlineData("RUN <<\"EOF\"\nEOF", "EOF", false, false, 0, "")]
    [InlineData("RUN <<E'O'F\nEOF", "EOF", false, false, 0, "")]
    [InlineData("RUN <<-EOF\n\t\ta\n\tEOF", "EOF", true, true, 0, "a\n")]
    [InlineData("RUN 3<<EOF cat\nx\nEOF", "EOF", true, false, 3, "x\n")]
    [InlineData("RUN << EOF\nx\nEOF", "EOF", true, false, 0, "x\n")]
    [InlineData("RUN cat \\\n <<EOF > /x\n# no comment\n\\\nEOF", "EOF", true, false, 0, "# no comment\n\\\n")]
    [InlineData("RUN <<EOF\r\na\r\nEOF\r\n", "EOF", true, false, 0, "a\r\n")]
    public void A_heredoc_is_read_to_its_word(string text, string name, bool expand, bool chomp, int fd, string content)
    {
        var heredoc = Assert.Single(DockerfileParser.ParseInstruction(text).Heredocs);

        Assert.Equal((name, expand, chomp, fd), (heredoc.Name, heredoc.Expand, heredoc.Chomp, heredoc.FileDescriptor));
        Assert.Equal(content, heredoc.Text);
    }

    [Theory]
    [InlineData("RUN echo $((1<<2))")]
    [InlineData("RUN cat<<EOF")]
    [InlineData("RUN cat <<<word")]
    [InlineData("RUN echo \"<<EOF\"")]
    [InlineData("RUN echo <<")]
    [InlineData("RUN echo \"unclosed <<EOF")]
    [InlineData("CMD <<EOF")]
    [InlineData("RUN [\"cat\", \"<<EOF\"]")]
    [InlineData("ENV a=<<EOF")]
    public void What_only_looks_like_a_heredoc_is_none(string text) =>
        Assert.Empty(DockerfileParser.ParseInstruction(text).Heredocs);

    [Fact]
    public void Several_on_one_line_follow_in_order()
    {
        var copy = Assert.IsType<CopyInstruction>(DockerfileParser.ParseInstruction(
            "COPY <<a plain <<'b' /dir/\none\na\ntwo\nb\n"));

        Assert.Equal("plain", Assert.Single(copy.Files.Sources));
        Assert.Equal([("a", "one\n", true), ("b", "two\n", false)],
            copy.Files.Files.Select(file => (file.Name, file.Text, file.Expand)));
    }

    [Theory]
    [InlineData("RUN <<EOF\necho 1\necho 2\nEOF", true, "echo 1\necho 2\n", null)]
    [InlineData("RUN <<-EOF\n\techo 1\nEOF", true, "echo 1\n", null)]
    [InlineData("RUN <<EOF cat\nx\nEOF", true, "<<EOF cat\nx\nEOF", null)]
    [InlineData("RUN cat <<A <<B\n1\nA\n2\nB", true, "cat <<A <<B\n1\nA\n2\nB", null)]
    [InlineData("RUN <<run.py\n#!/usr/bin/python3\nrun.py", false, "/dev/pipes/run.py", "#!/usr/bin/python3\n")]
    [InlineData("RUN plain", true, "plain", null)]
    public void A_script_is_put_together_for_the_shell(string text, bool isShell, string word, string? file)
    {
        var script = Assert.IsType<RunInstruction>(DockerfileParser.ParseInstruction(text)).Script;

        Assert.Equal((isShell, word, file), (script.Command.IsShell, script.Command.Words[0], script.FileText));
    }

    [Fact]
    public void A_trigger_takes_its_heredoc_along()
    {
        var trigger = Assert.IsType<OnBuildInstruction>(DockerfileParser.ParseInstruction("ONBUILD RUN <<E\nx\nE")).Trigger;

        var run = Assert.IsType<RunInstruction>(DockerfileParser.ParseInstruction(trigger));
        Assert.Equal("x\n", run.Script.Command.Words[0]);
    }
}
