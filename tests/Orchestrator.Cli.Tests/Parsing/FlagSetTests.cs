using FsCheck;
using FsCheck.Fluent;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Tests.Parsing;

public sealed class FlagSetTests
{
    private readonly FlagSet _flags = new();
    private readonly BoolFlag _interactive;
    private readonly BoolFlag _tty;
    private readonly ValueFlag<string> _name;
    private readonly ListFlag _env;

    public FlagSetTests()
    {
        _interactive = _flags.Bool("interactive", 'i', "");
        _tty = _flags.Bool("tty", 't', "");
        _name = _flags.String("name", 'n', "");
        _env = _flags.List("env", 'e', "");
    }

    [Fact]
    public void Switches_bundle_and_the_last_of_a_bundle_may_take_a_value()
    {
        var rest = _flags.Parse(["-ite", "A=1", "-eB=2", "-e=C=3", "image"], interspersed: false);

        Assert.True(_interactive);
        Assert.True(_tty);
        Assert.Equal(["A=1", "B=2", "C=3"], _env.Values);
        Assert.Equal(["image"], rest);
    }

    [Theory]
    [InlineData("--name", "web")]
    [InlineData("--name=web")]
    [InlineData("-n", "web")]
    [InlineData("-nweb")]
    [InlineData("-n=web")]
    public void A_value_is_written_in_five_ways(params string[] words)
    {
        Assert.Empty(_flags.Parse(words, interspersed: true));
        Assert.Equal("web", _name.Value);
    }

    [Fact]
    public void After_an_image_the_words_are_the_containers()
    {
        var rest = _flags.Parse(["-i", "image", "sh", "-t", "--name", "x"], interspersed: false);

        Assert.Equal(["image", "sh", "-t", "--name", "x"], rest);
        Assert.False(_tty);
    }

    [Fact]
    public void Elsewhere_flags_may_follow_arguments_until_two_dashes()
    {
        var rest = _flags.Parse(["a", "-i", "b", "--", "-t"], interspersed: true);

        Assert.Equal(["a", "b", "-t"], rest);
        Assert.True(_interactive);
        Assert.False(_tty);
    }

    [Theory]
    [InlineData("unknown flag: --foo", "--foo")]
    [InlineData("unknown shorthand flag: 'z' in -z", "-z")]
    [InlineData("unknown shorthand flag: 'z' in -zt", "-izt")]
    [InlineData("flag needs an argument: --name", "--name")]
    [InlineData("flag needs an argument: 'n' in -n", "-in")]
    [InlineData("bad flag syntax: ---x", "---x")]
    [InlineData("invalid argument \"x\" for \"-t, --tty\" flag: strconv.ParseBool: parsing \"x\": invalid syntax", "--tty=x")]
    public void Errors_are_worded_as_docker_words_them(string message, string word)
    {
        var error = Assert.Throws<UsageException>(() => _flags.Parse([word], interspersed: true));

        Assert.Equal(message, error.Message);
        Assert.Equal(125, error.ExitCode);
    }

    [Fact]
    public void Words_behind_two_dashes_come_back_as_they_are() =>
        Prop.ForAll<NonNull<string>[]>(words =>
        {
            var given = words.Select(w => w.Get).ToArray();

            var rest = new FlagSetTests()._flags.Parse(["--", .. given], interspersed: true);

            return rest.SequenceEqual(given);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_value_survives_the_form_with_an_equals_sign() =>
        Prop.ForAll<NonNull<string>>(value =>
        {
            var test = new FlagSetTests();

            var rest = test._flags.Parse(["--name=" + value.Get, "-e=" + value.Get], interspersed: true);

            return rest.Count == 0 && test._name.Value == value.Get && test._env.Values[0] == value.Get;
        }).QuickCheckThrowOnFailure();
}
