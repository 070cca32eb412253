using Orchestrator.Cli.Specs;

namespace Orchestrator.Cli.Tests.Specs;

public sealed class PortMappingTests
{
    [Theory]
    [InlineData("80", "80/tcp<-:")]
    [InlineData("8080:80", "80/tcp<-:8080")]
    [InlineData("8080:80/udp", "80/udp<-:8080")]
    [InlineData("127.0.0.1:8080:80", "80/tcp<-127.0.0.1:8080")]
    [InlineData("127.0.0.1::80", "80/tcp<-127.0.0.1:")]
    [InlineData("[::1]:8080:80", "80/tcp<-::1:8080")]
    [InlineData("8080-8081:80-81", "80/tcp<-:8080 81/tcp<-:8081")]
    [InlineData("8000-9000:80", "80/tcp<-:8000-9000")]
    [InlineData("80-81", "80/tcp<-: 81/tcp<-:")]
    public void A_mapping_is_read(string text, string expected)
    {
        var mappings = PortMapping.Parse(text);

        Assert.Equal(expected, string.Join(' ', mappings.Select(static m => $"{m.Key}<-{m.HostIp}:{m.HostPort}")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("65536")]
    [InlineData("x:80")]
    [InlineData("80/icmp")]
    [InlineData("8080-8082:80-81")]
    [InlineData("300.1.1.1:80:80")]
    [InlineData("1:2:3:4")]
    public void A_bad_mapping_is_refused(string text) => Assert.Throws<FormatException>(() => PortMapping.Parse(text));
}
