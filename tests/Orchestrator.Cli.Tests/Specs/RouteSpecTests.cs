using Orchestrator.Cli.Specs;

namespace Orchestrator.Cli.Tests.Specs;

public sealed class RouteSpecTests
{
    [Theory]
    [InlineData("port=80", "|/|80")]
    [InlineData("host=shop.example,port=8080", "shop.example|/|8080")]
    [InlineData("host=*.example,path=/api/v1/,port=8080", "*.example|/api/v1|8080")]
    [InlineData("port=80,prefer=local,proto=h2c,tls=site", "|/|80|local|h2c|site")]
    public void A_route_is_read(string text, string expected)
    {
        var route = RouteSpec.Parse(text);

        Assert.Equal(
            expected, $"{route.Host}|{route.Path}|{route.Port}|{route.Prefer}|{route.Protocol}|{route.SecretName}".TrimEnd('|'));
    }

    [Theory]
    [InlineData("host=shop.example", "missing mandatory field 'port'")]
    [InlineData("port=x", "invalid port x")]
    [InlineData("port=80,path=api", "invalid path api: it begins with /")]
    [InlineData("port=80,prefer=near", "invalid preference near: local, or none")]
    [InlineData("port=80,proto=h3", "invalid protocol h3: h2c, or http1")]
    [InlineData("port=80,hots=x", "invalid field key hots")]
    public void A_bad_route_is_refused(string text, string error) =>
        Assert.Equal(error, Assert.Throws<FormatException>(() => RouteSpec.Parse(text)).Message);

    [Theory]
    [InlineData("host=shop.example,port=80", "shop.example", true)]
    [InlineData("host=shop.example,port=80", "shop.example/", true)]
    [InlineData("host=shop.example,path=/api,port=80", "shop.example/api", true)]
    [InlineData("host=shop.example,path=/api,port=80", "shop.example", false)]
    [InlineData("path=/static,port=80", "/static/", true)]
    [InlineData("port=80", "/", true)]
    public void A_route_is_named_by_host_and_path(string text, string key, bool matches) =>
        Assert.Equal(matches, RouteSpec.Matches(RouteSpec.Parse(text), key));
}
