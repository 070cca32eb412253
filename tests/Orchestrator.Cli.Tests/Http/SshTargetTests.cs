using Orchestrator.Cli.Http;

namespace Orchestrator.Cli.Tests.Http;

public sealed class SshTargetTests
{
    [Theory]
    [InlineData("ssh://far", "ssh -o ConnectTimeout=30 -T -- far orch system dial-stdio")]
    [InlineData("ssh://me@far:2222", "ssh -l me -p 2222 -o ConnectTimeout=30 -T -- far orch system dial-stdio")]
    [InlineData("ssh://[fd00::1]:22/", "ssh -p 22 -o ConnectTimeout=30 -T -- fd00::1 orch system dial-stdio")]
    [InlineData("ssh://far/run/orch.sock",
        "ssh -o ConnectTimeout=30 -T -- far orch --host unix:///run/orch.sock system dial-stdio")]
    [InlineData("ssh://far/a%20b;c", "ssh -o ConnectTimeout=30 -T -- far orch --host 'unix:///a b;c' system dial-stdio")]
    public void An_address_becomes_the_command_that_reaches_it(string address, string command) =>
        Assert.Equal(command, string.Join(' ', SshTarget.Parse(address).Command()));

    [Theory]
    [InlineData("ssh://me:secret@far", "plain-text password is not supported")]
    [InlineData("ssh://far?a=b", "query parameters are not allowed: ?a=b")]
    [InlineData("ssh://far#a", "fragments are not allowed: #a")]
    [InlineData("ssh://-oProxyCommand=x@far", "no name begins with a dash")]
    [InlineData("ssh://", "no host specified")]
    public void An_address_that_is_none_is_explained(string address, string why)
    {
        var error = Assert.Throws<CliException>(() => SshTarget.Parse(address));

        Assert.StartsWith($"ssh host connection is not valid: {why}", error.Message, StringComparison.Ordinal);
    }
}
