using System.Net;
using Orchestrator.Ingress.Routing;

namespace Orchestrator.Ingress.Tests.Routing;

public sealed class ForwardedHeaderTests
{
    [Theory]
    [InlineData("192.0.2.9", "shop.example", "for=192.0.2.9;host=shop.example;proto=https")]
    [InlineData("2001:db8::9", "shop.example:8443", "for=\"[2001:db8::9]\";host=\"shop.example:8443\";proto=https")]
    public void What_is_no_token_is_quoted(string client, string host, string header) =>
        Assert.Equal(header, ForwardedHeader.Write(IPAddress.Parse(client), host, "https"));
}
