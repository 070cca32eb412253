using FsCheck;
using FsCheck.Fluent;
using Orchestrator.Build.Syntax.Patterns;

namespace Orchestrator.Build.Tests.Patterns;

public sealed class PathGlobTests
{
    [Theory]
    [InlineData("abc", "abc", true)]
    [InlineData("*", "abc", true)]
    [InlineData("*c", "abc", true)]
    [InlineData("a*", "a", true)]
    [InlineData("a*", "ab/c", false)]
    [InlineData("a*/b", "abc/b", true)]
    [InlineData("a*/b", "a/c/b", false)]
    [InlineData("a*b*c*d*e*/f", "axbxcxdxe/f", true)]
    [InlineData("a*b?c*x", "abxbbxdbxebxczzy", false)]
    [InlineData("ab[c]", "abc", true)]
    [InlineData("ab[b-d]", "abc", true)]
    [InlineData("ab[e-g]", "abc", false)]
    [InlineData("ab[^c]", "abc", false)]
    [InlineData("ab[^e-g]", "abc", true)]
    [InlineData("a\\*b", "a*b", true)]
    [InlineData("a\\*b", "ab", false)]
    [InlineData("a?b", "a☺b", true)]
    [InlineData("a[^a]b", "a☺b", true)]
    [InlineData("a???b", "a☺b", false)]
    [InlineData("[a-ζ]*", "α", true)]
    [InlineData("a?b", "a/b", false)]
    [InlineData("a*b", "a/b", false)]
    [InlineData("[\\]a]", "]", true)]
    [InlineData("[\\-x]", "-", true)]
    [InlineData("[x\\-]", "z", false)]
    [InlineData("*x", "xxx", true)]
    [InlineData("**", "a/b", false)]
    public void A_wildcard_matches_as_Go_has_it(string pattern, string path, bool expected) =>
        Assert.Equal(expected, PathGlob.Parse(pattern).IsMatch(path));

    [Theory]
    [InlineData("[")]
    [InlineData("[]a]")]
    [InlineData("[-]")]
    [InlineData("[x-]")]
    [InlineData("[^")]
    [InlineData("[a")]
    [InlineData("a\\")]
    public void A_pattern_that_is_none_is_refused(string pattern) =>
        Assert.Equal("syntax error in pattern", Assert.Throws<FormatException>(() => PathGlob.Parse(pattern)).Message);

    [Theory]
    [InlineData("**", "a/b/c", true)]
    [InlineData("**/c", "a/b/c", true)]
    [InlineData("**/c", "c", true)]
    [InlineData("**/c", "xc", false)]
    [InlineData("**c", "a/xc", true)]
    [InlineData("a/**", "a/b/c", true)]
    [InlineData("a/**", "a", false)]
    [InlineData("a/**/c", "a/c", true)]
    [InlineData("a/**/c", "a/x/y/c", true)]
    [InlineData("a/**/c", "a/xc", false)]
    [InlineData("**/*.go", "x.go", true)]
    [InlineData("**/*.go", "a/b/x.go", true)]
    [InlineData("**/b/*.go", "a/b/c/x.go", false)]
    [InlineData("a**b", "a/x/b", true)]
    [InlineData("**/**/c", "a/c", true)]
    public void Two_stars_match_any_number_of_folders(string pattern, string path, bool expected) =>
        Assert.Equal(expected, PathGlob.ParseWithDoubleStars(pattern).IsMatch(path));

    [Fact]
    public void A_hostile_pattern_is_answered_at_once() =>
        Assert.False(PathGlob.ParseWithDoubleStars(string.Concat(Enumerable.Repeat("*a**/", 60)) + "b")
            .IsMatch(string.Concat(Enumerable.Repeat("a/", 1000))));

    [Fact]
    public void An_escaped_path_matches_itself_alone() => Prop.ForAll(
        Gen.Elements('a', '/', '*', '?', '[', ']', '\\', '.').NonEmptyListOf().Select(c => string.Concat(c)).ToArbitrary(),
        path =>
        {
            var glob = PathGlob.Parse(string.Concat(path.Select(c => @"\" + c)));
            return glob.IsMatch(path) && !glob.IsMatch(path + "a") && glob.LiteralPrefix == path;
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("", ".")]
    [InlineData("a//b/./c/..", "a/b")]
    [InlineData("/../a/", "/a")]
    [InlineData("../../a", "../../a")]
    [InlineData("a/..", ".")]
    [InlineData("/", "/")]
    public void A_path_is_cleaned_as_Go_does(string path, string expected) => Assert.Equal(expected, GoPath.Clean(path));
}
