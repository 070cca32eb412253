using FsCheck;
using FsCheck.Fluent;
using Orchestrator.Build.Syntax.Patterns;

namespace Orchestrator.Build.Tests.Patterns;

public sealed class IgnoreFileTests
{
    [Theory]
    [InlineData("a", "a", true)]
    [InlineData("a", "a/b/c", true)]
    [InlineData("a", "b/a", false)]
    [InlineData("/a", "a", true)]
    [InlineData("./a/", "a/b", true)]
    [InlineData("  a  \r", "a", true)]
    [InlineData("\uFEFFa", "a", true)]
    [InlineData("# a\na", "a", true)]
    [InlineData("#a", "#a", false)]
    [InlineData(" #a", "#a", true)]
    [InlineData("*.md\n!README.md", "README.md", false)]
    [InlineData("*.md\n!README.md", "x.md", true)]
    [InlineData("!README.md\n*.md", "README.md", true)]
    [InlineData("*.md\n!README*.md\nREADME-secret.md", "README-secret.md", true)]
    [InlineData("*.md\n!README*.md\nREADME-secret.md", "README-x.md", false)]
    [InlineData("a\n!a/b", "a/b/c", false)]
    [InlineData("a\n!a/b", "a/c", true)]
    [InlineData("*\n!src", "src/x/y.c", false)]
    [InlineData("**/node_modules", "a/b/node_modules/c/d", true)]
    [InlineData("a/../b", "b", true)]
    [InlineData("! a\n", "a", false)]
    [InlineData("", "a", false)]
    public void The_last_line_that_matches_wins(string content, string path, bool expected) =>
        Assert.Equal(expected, IgnoreFile.Parse(content).Excludes(path));

    [Theory]
    [InlineData("a\n!", "line 2: illegal exclusion pattern: \"!\"")]
    [InlineData("[", "line 1: syntax error in pattern")]
    public void A_line_that_is_no_pattern_is_named(string content, string message) =>
        Assert.Equal(message, Assert.Throws<FormatException>(() => IgnoreFile.Parse(content)).Message);

    [Theory]
    [InlineData("a", "a", true)]
    [InlineData("a\n!b", "a", true)]
    [InlineData("a\n!a/b", "a", false)]
    [InlineData("a\n!a/b", "a/c", true)]
    [InlineData("a\n!**/keep", "a", false)]
    [InlineData("a", "b", false)]
    public void A_folder_is_passed_over_only_where_nothing_in_it_can_return(string content, string folder, bool expected) =>
        Assert.Equal(expected, IgnoreFile.Parse(content).ExcludesAllBelow(folder));

    [Fact]
    public void What_lies_in_a_folder_that_is_passed_over_is_excluded() => Prop.ForAll(
        Lines.ToArbitrary(), Paths.ToArbitrary(), Paths.ToArbitrary(), (lines, folder, below) =>
        {
            var ignore = IgnoreFile.Parse(string.Join('\n', lines));
            return !ignore.ExcludesAllBelow(folder) || ignore.Excludes($"{folder}/{below}");
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_text_is_read_or_refused_with_its_line() => Prop.ForAll(
        Gen.Elements('a', '*', '/', '!', '[', ']', '-', '^', '\\', '#', ' ', '.', '\n').ListOf().Select(c => string.Concat(c))
            .ToArbitrary(),
        content =>
        {
            try
            {
                IgnoreFile.Parse(content).Excludes("a/b/c");
                return true;
            }
            catch (FormatException fault)
            {
                return fault.Message.StartsWith("line ", StringComparison.Ordinal);
            }
        }).QuickCheckThrowOnFailure();

    private static Gen<string> Paths =>
        Gen.Elements("a", "b", "c").NonEmptyListOf().Select(names => string.Join('/', names.Take(3)));

    private static Gen<List<string>> Lines =>
        Gen.Elements("a", "b", "a/b", "!a/b", "!b", "**/c", "!**/c", "*", "!*/b", "!a/*/c").ListOf().Select(l => l.ToList());
}
