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
    [InlineData("0:80", "80/tcp<-:0")]
    [InlineData(":80", "80/tcp<-:")]
    [InlineData("::80", "80/tcp<-:")]
    [InlineData("80/SCTP", "80/sctp<-:")]
    [InlineData("8080:80/", "80/tcp<-:8080")]
    [InlineData("08080:80", "80/tcp<-:8080")]
    [InlineData("8080-8080:80", "80/tcp<-:8080")]
    [InlineData("::1:8080:80", "80/tcp<-::1:8080")]
    [InlineData("[::1]::80", "80/tcp<-::1:")]
    [InlineData("127.0.0.1::80-81", "80/tcp<-127.0.0.1: 81/tcp<-127.0.0.1:")]
    [InlineData("target=80", "80/tcp<-:")]
    [InlineData("published=8080,target=80,protocol=udp,mode=host", "80/udp<-:8080")]
    [InlineData("published=127.0.0.1:8080-8081,target=80-81", "80/tcp<-127.0.0.1:8080 81/tcp<-127.0.0.1:8081")]
    public void A_mapping_is_read(string text, string expected)
    {
        var mappings = PortMapping.Parse(text);

        Assert.Equal(expected, string.Join(' ', mappings.Select(static m => $"{m.Key}<-{m.HostIp}:{m.HostPort}")));
    }

    /// <summary>docker 28's words, but for a target of 0, which its client takes.</summary>
    [Theory]
    [InlineData("", "no port specified: <empty>")]
    [InlineData("8080:", "no port specified: 8080:<empty>")]
    [InlineData("0", "invalid containerPort: 0")]
    [InlineData("65536", "invalid containerPort: 65536")]
    [InlineData("82-80", "invalid containerPort: 82-80")]
    [InlineData("x:80", "invalid hostPort: x")]
    [InlineData("+80:80", "invalid hostPort: +80")]
    [InlineData("80/icmp", "invalid proto: icmp")]
    [InlineData("8080-8082:80-81", "invalid ranges specified for container and host Ports: 80-81 and 8080-8082")]
    [InlineData("300.1.1.1:80:80", "invalid IP address: 300.1.1.1")]
    [InlineData("1:2:3:4", "invalid IP address: 1:2")]
    [InlineData("published=80", "missing mandatory field 'target'")]
    [InlineData("tarfet=80", "invalid field key tarfet")]
    public void A_bad_mapping_is_refused(string text, string error) =>
        Assert.Equal(error, Assert.Throws<FormatException>(() => PortMapping.Parse(text)).Message);
}
