using FsCheck;
using FsCheck.Fluent;
using Orchestrator.Build.Syntax;

namespace Orchestrator.Build.Tests.Syntax;

public sealed class WordsTests
{
    private static readonly Dictionary<string, string> Variables = new()
    {
        ["v"] = "value", ["empty"] = "", ["path"] = "/a/b/c.tar.gz", ["two"] = "one two", ["ü"] = "umlaut",
        ["stars"] = "a*b*c", ["wide"] = "😀x😀", ["1"] = "first",
    };

    [Theory]
    [InlineData("", "")]
    [InlineData("plain", "plain")]
    [InlineData("$v", "value")]
    [InlineData("${v}", "value")]
    [InlineData("x$v.y", "xvalue.y")]
    [InlineData("$none", "")]
    [InlineData("${none}x", "x")]
    [InlineData("$", "$")]
    [InlineData("a$ b", "a$ b")]
    [InlineData("$.", "$.")]
    [InlineData(@"\$v", "$v")]
    [InlineData(@"\a\\", @"a\")]
    [InlineData(@"end\", "end")]
    [InlineData("'$v'", "$v")]
    [InlineData("\"$v\"", "value")]
    [InlineData("\"'$v'\"", "'value'")]
    [InlineData("'\"'", "\"")]
    [InlineData("\"\\\"\\$\\n\\\\\"", "\"$\\n\\")]
    [InlineData("a  b", "a  b")]
    [InlineData("$ü", "umlaut")]
    [InlineData("$1x", "firstx")]
    [InlineData("${v:-d}", "value")]
    [InlineData("${none:-d}", "d")]
    [InlineData("${none-d}", "d")]
    [InlineData("${empty:-d}", "d")]
    [InlineData("${empty-d}", "")]
    [InlineData("${v:+a}", "a")]
    [InlineData("${v+a}", "a")]
    [InlineData("${empty:+a}", "")]
    [InlineData("${empty+a}", "a")]
    [InlineData("${none+a}", "")]
    [InlineData("${v:?e}", "value")]
    [InlineData("${empty?e}", "")]
    [InlineData("${none:-$v}", "value")]
    [InlineData("${none:-${other:-${v}}}", "value")]
    [InlineData("${none:-'}'}", "}")]
    [InlineData("${none:-\\}}", "}")]
    [InlineData("${path#/}", "a/b/c.tar.gz")]
    [InlineData("${path#*/}", "a/b/c.tar.gz")]
    [InlineData("${path##*/}", "c.tar.gz")]
    [InlineData("${path#b}", "/a/b/c.tar.gz")]
    [InlineData("${path%.*}", "/a/b/c.tar")]
    [InlineData("${path%%.*}", "/a/b/c")]
    [InlineData("${path%/*}", "/a/b")]
    [InlineData("${path%?}", "/a/b/c.tar.g")]
    [InlineData("${path/b/x}", "/a/x/c.tar.gz")]
    [InlineData("${path//a/x}", "/x/b/c.txr.gz")]
    [InlineData("${path//\\//-}", "-a-b-c.tar.gz")]
    [InlineData("${path/a*a/x}", "/xr.gz")]
    [InlineData("${path/none/x}", "/a/b/c.tar.gz")]
    [InlineData("${path/a/}", "//b/c.tar.gz")]
    [InlineData("${path#$none}", "/a/b/c.tar.gz")]
    [InlineData("${stars#a\\*}", "b*c")]
    [InlineData("${stars%\\**}", "a*b")]
    [InlineData("${wide#?}", "x😀")]
    [InlineData("${wide%?}", "😀x")]
    [InlineData("${wide//x/y}", "😀y😀")]
    [InlineData("${empty/*/x}", "x")]
    public void A_word_means_what_docker_makes_of_it(string word, string expected) =>
        Assert.Equal(expected, Words.Expand(word, Lookup));

    [Theory]
    [InlineData("${v", "syntax error: missing '}'")]
    [InlineData("${", "syntax error: missing '}'")]
    [InlineData("${}", "syntax error: bad substitution")]
    [InlineData("${{v}}", "syntax error: bad substitution")]
    [InlineData("${:v}", "syntax error: bad substitution")]
    [InlineData("${v:x}", "unsupported modifier (:x) in substitution")]
    [InlineData("${v^}", "unsupported modifier (^) in substitution")]
    [InlineData("${v:#x}", "unsupported modifier (:#) in substitution")]
    [InlineData("${none?}", "none: is not allowed to be unset")]
    [InlineData("${none:?}", "none: is not allowed to be unset")]
    [InlineData("${empty:?}", "empty: is not allowed to be empty")]
    [InlineData("${none?say it}", "none: say it")]
    [InlineData("${v/a}", "syntax error: missing '/' in ${}")]
    [InlineData("${v/a/b", "syntax error: missing '}'")]
    [InlineData("${v#\\a}", "invalid pattern (\\a) in substitution: invalid escape '\\a'")]
    [InlineData("'v", "unexpected end of statement while looking for matching single-quote")]
    [InlineData("\"v", "unexpected end of statement while looking for matching double-quote")]
    public void A_word_that_docker_refuses_is_refused_in_its_words(string word, string reason)
    {
        var fault = Assert.Throws<FormatException>(() => Words.Expand(word, Lookup));

        Assert.Equal($"failed to process \"{word.Replace(@"\", @"\\").Replace("\"", "\\\"")}\": {reason}", fault.Message);
    }

    [Theory]
    [InlineData("a b", "a|b")]
    [InlineData("$two", "one|two")]
    [InlineData("\"$two\"", "one two")]
    [InlineData("'a b' c", "a b|c")]
    [InlineData(@"a\ b c", "a b|c")]
    [InlineData("  $empty  ", "")]
    [InlineData("x$two.y", "xone|two.y")]
    public void A_list_parts_where_blanks_are_bare(string word, string expected) =>
        Assert.Equal(expected, string.Join('|', Words.ExpandList(word, Lookup)));

    [Theory]
    [InlineData("it's $v", "it's value")]
    [InlineData("\"$v\" \\$v", "\"value\" $v")]
    public void Quotes_in_the_text_of_a_heredoc_are_plain(string text, string expected) =>
        Assert.Equal(expected, Words.ExpandText(text, Lookup));

    [Fact]
    public void Backtick_escapes_where_a_directive_says_so() =>
        Assert.Equal(@"c:\value$v", Words.Expand(@"c:\$v`$v", Lookup, '`'));

    [Fact]
    public void What_is_quoted_comes_back_as_it_was() =>
        Prop.ForAll<NonNull<string>>(text => Words.Expand(Words.Quote(text.Get), Lookup) == text.Get)
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Any_word_is_read_or_refused_with_words() => Prop.ForAll(
        Gen.Elements('$', '{', '}', ':', '-', '+', '?', '#', '%', '/', '\\', '\'', '"', '<', '*', 'v', ' ')
            .ArrayOf().ToArbitrary(),
        letters => Settles(new string(letters))).QuickCheckThrowOnFailure();

    [Fact]
    public void A_line_of_nested_braces_does_not_end_the_process() =>
        Assert.Throws<FormatException>(() => Words.Expand(string.Concat(Enumerable.Repeat("${a:-", 20_000)), Lookup));

    [Fact]
    public void A_hostile_pattern_takes_no_longer_than_its_length()
    {
        var value = new string('a', 20_000);

        // Backtracking would take longer than the universe has.
        var read = Words.Expand("${x/*a*a*a*a*a*a*a*a*b/}", name => name == "x" ? value : null);

        Assert.Equal(value, read);
    }

    private static bool Settles(string word)
    {
        try
        {
            Words.Expand(word, Lookup);
            Words.ExpandList(word, Lookup);
            Words.ExpandText(word, Lookup);
        }
        catch (FormatException)
        {
            return true;
        }
        return true;
    }

    private static string? Lookup(string name) => Variables.GetValueOrDefault(name);
}
