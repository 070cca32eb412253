using Orchestrator.Ingress.Routing;
using Orchestrator.Network.Proxying;

namespace Orchestrator.Ingress.Tests.Routing;

public sealed class RouteTableTests
{
    [Fact]
    public void The_more_a_route_says_the_earlier_it_is_asked()
    {
        ProxyRoute[] routes =
        [
            Route("", "/"), Route("*.example", "/"), Route("shop.example", "/"), Route("shop.example", "/api"),
            Route("*.shop.example", "/"), Route("", "/static"),
        ];

        Assert.Equal(
            ["shop.example/api", "shop.example/", "*.shop.example/", "*.example/", "/static", "/"],
            RouteTable.Ordered(routes).Select(r => r.Host + r.Path));
    }

    [Fact]
    public void A_route_with_a_certificate_is_only_redirected_to_on_the_port_without_TLS()
    {
        ProxyRoute[] routes = [Route("a.example", "/"), Route("b.example", "/", "cert")];

        var plain = RouteTable.Of(routes, isTls: false).Routes;
        var secure = RouteTable.Of(routes, isTls: true).Routes;

        Assert.Equal([null, "https"], plain.Select(r => r.Metadata?[RouteTable.Redirects]));
        Assert.Equal(["b.example"], Assert.Single(secure).Match.Hosts!);
        Assert.Null(secure[0].Metadata);
    }

    [Theory]
    [InlineData("shop.example", "SHOP.example", true)]
    [InlineData("shop.example", "www.shop.example", false)]
    [InlineData("*.example", "shop.example", true)]
    [InlineData("*.example", "example", false)]
    [InlineData("", "", true)]
    public void A_certificate_is_shown_for_the_names_of_its_route(string host, string name, bool covers) =>
        Assert.Equal(covers, Certificates.Covers(host, name));

    private static ProxyRoute Route(string host, string path, string certificate = "") =>
        new("web", host, path, certificate, [], IsSticky: false);
}
