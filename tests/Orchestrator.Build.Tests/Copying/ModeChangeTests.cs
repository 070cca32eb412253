using Orchestrator.Build.Copying;

namespace Orchestrator.Build.Tests.Copying;

public sealed class ModeChangeTests
{
    [Theory]
    [InlineData("755", "644", false, "755")]
    [InlineData("0640", "777", false, "640")]
    [InlineData("4755", "644", false, "4755")]
    [InlineData("u+x", "644", false, "744")]
    [InlineData("go-rwx", "777", false, "700")]
    [InlineData("u=rwX,go=rX", "600", false, "644")]
    [InlineData("u=rwX,go=rX", "600", true, "755")]
    [InlineData("a+X", "744", false, "755")]
    [InlineData("+t,g+s", "755", true, "3755")]
    [InlineData("g=u", "640", false, "660")]
    [InlineData("u=rw+x", "000", false, "700")]
    public void A_mode_becomes_what_chmod_would_make_of_it(string change, string mode, bool isFolder, string expected)
    {
        var changed = ModeChange.Parse(change).Apply(Convert.ToUInt32(mode, 8), isFolder);

        Assert.Equal(expected, Convert.ToString(changed, 8).PadLeft(3, '0'));
    }

    [Theory]
    [InlineData("")]
    [InlineData("888")]
    [InlineData("17777")]
    [InlineData("u")]
    [InlineData("u+q")]
    [InlineData("z+r")]
    public void What_is_no_mode_is_refused(string change) =>
        Assert.Throws<FormatException>(() => ModeChange.Parse(change));
}
