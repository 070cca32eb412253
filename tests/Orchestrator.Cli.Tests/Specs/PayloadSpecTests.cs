using Orchestrator.Cli.Specs;

namespace Orchestrator.Cli.Tests.Specs;

public sealed class PayloadSpecTests
{
    [Theory]
    [InlineData("token", "token token 0 0 444")]
    [InlineData("source=token", "token token 0 0 444")]
    [InlineData("src=token,target=/etc/t,uid=1000,gid=7,mode=0400", "token /etc/t 1000 7 400")]
    [InlineData("source=token,target=a/b,mode=644", "token a/b 0 0 644")]
    public void A_secret_is_read_as_docker_reads_it(string text, string expected)
    {
        var spec = PayloadSpec.Parse(text);

        Assert.Equal(
            expected, $"{spec.Source} {spec.File.Name} {spec.File.UID} {spec.File.GID} {Convert.ToString(spec.File.Mode, 8)}");
    }

    [Theory]
    [InlineData("target=x", "source is required")]
    [InlineData("source=x,mode=9", "invalid mode specified: 9")]
    [InlineData("source=x,foo=bar", "invalid field key foo")]
    public void A_bad_one_is_refused(string text, string error) =>
        Assert.Equal(error, Assert.Throws<FormatException>(() => PayloadSpec.Parse(text)).Message);
}
