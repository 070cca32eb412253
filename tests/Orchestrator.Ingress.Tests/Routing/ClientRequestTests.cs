using Microsoft.AspNetCore.Http;
using Orchestrator.Ingress.Routing;

namespace Orchestrator.Ingress.Tests.Routing;

public sealed class ClientRequestTests
{
    [Theory]
    [InlineData("X_Forwarded_For", true)]
    [InlineData("x-forwarded_host", true)]
    [InlineData("X_REAL_IP", true)]
    [InlineData("X-Forwarded-For", false)]
    [InlineData("X_Forwarded_Fort", false)]
    [InlineData("My_Header", false)]
    public void An_underscore_does_not_make_another_header_of_the_proxys(string header, bool isTwin) =>
        Assert.Equal(isTwin, ClientRequest.IsTwin(header));

    [Theory]
    [InlineData("shop.example.", "shop.example")]
    [InlineData("shop.example.:8080", "shop.example:8080")]
    [InlineData("shop.example:8080", "shop.example:8080")]
    [InlineData("[fd00::1]:80", "[fd00::1]:80")]
    [InlineData(".", ".")]
    [InlineData("", "")]
    public void The_dot_of_the_root_is_no_part_of_a_name(string host, string name) =>
        Assert.Equal(name, ClientRequest.WithoutRoot(new HostString(host)).Value);
}
