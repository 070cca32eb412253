using Orchestrator.Cli.Specs;

namespace Orchestrator.Cli.Tests.Specs;

public sealed class PublishSpecTests
{
    [Theory]
    [InlineData("80", "*:->80/tcp ingress")]
    [InlineData("0:80", "*:->80/tcp ingress")]
    [InlineData("8080:80/sctp", "*:8080->80/sctp ingress")]
    [InlineData("8000-8001:80-81", "*:8000->80/tcp ingress *:8001->81/tcp ingress")]
    [InlineData("8000-8002:80", "*:8000->80/tcp ingress *:8001->80/tcp ingress *:8002->80/tcp ingress")]
    [InlineData("target=80,published=0,mode=host", "*:->80/tcp host")]
    [InlineData("published=8080,target=80,protocol=udp,mode=host,ip=10.0.0.1", "10.0.0.1:8080->80/udp host")]
    public void A_port_of_a_service_is_read(string text, string expected) => Assert.Equal(
        expected,
        string.Join(' ', PublishSpec.Parse(text).Select(static p =>
            $"{(p.HostIP is { Length: > 0 } ip ? ip : "*")}:{p.PublishedPort}->{p.TargetPort}/{p.Protocol} {p.PublishMode}")));

    [Fact]
    public void An_update_says_also_what_is_as_it_is_by_itself_so_that_it_can_take_back_what_was()
    {
        var plain = PublishSpec.Whole(Assert.Single(PublishSpec.Parse("8080:80")));
        var special = PublishSpec.Whole(
            Assert.Single(PublishSpec.Parse("published=8080,target=80,source=masquerade,prefer=local")));

        Assert.Equal(("client", "none", ""), (plain.Source, plain.Prefer, plain.HostIP));
        Assert.Equal(("masquerade", "local", ""), (special.Source, special.Prefer, special.HostIP));
    }

    [Theory]
    [InlineData("published=8080", "missing mandatory field 'target'")]
    [InlineData("protocol=foo,target=80", "invalid protocol value 'foo'")]
    [InlineData("mode=x,target=80", "invalid publish mode value (x): must be either 'ingress' or 'host'")]
    [InlineData("source=me,target=80", "invalid source value me: use client, masquerade")]
    [InlineData("ip=10.0.0.1,target=80", "ip is for mode=host: the routing mesh answers on every address of every node")]
    [InlineData("ip=x,mode=host,target=80", "invalid IP address: x")]
    [InlineData("prefer=local,mode=host,target=80",
        "source, prefer and proxy-protocol are for mode=ingress: a host's port leads to its own task")]
    [InlineData("10.0.0.1:8080:80", "hostip is not supported: write mode=host,ip=10.0.0.1,published=…,target=80")]
    public void What_cannot_be_is_refused(string text, string error) =>
        Assert.Equal(error, Assert.Throws<FormatException>(() => PublishSpec.Parse(text)).Message);
}
