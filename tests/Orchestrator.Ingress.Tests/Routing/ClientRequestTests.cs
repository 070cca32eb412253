using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Orchestrator.Ingress.Routing;

namespace Orchestrator.Ingress.Tests.Routing;

public sealed class ClientRequestTests
{
    [Theory]
    [InlineData("X_Forwarded_For", true)]
    [InlineData("x-forwarded_host", true)]
    [InlineData("X_REAL_IP", true)]
    [InlineData("X-Real-IP", true)]
    [InlineData("X-Forwarded-For", true)]
    [InlineData("x-forwarded-port", true)]
    [InlineData("X_Original_URL", true)]
    [InlineData("X_Forwarded_Fort", false)]
    [InlineData("My_Header", false)]
    public void What_only_a_proxy_may_say_is_known_in_any_case_and_by_dash_or_underscore(string header, bool isOfProxies) =>
        Assert.Equal(isOfProxies, ClientRequest.IsOfProxies(header));

    [Fact]
    public void Whatever_a_client_says_of_its_address_and_its_way_the_address_it_came_from_is_told()
    {
        var context = new DefaultHttpContext();
        context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = "/";
        context.Connection.RemoteIpAddress = IPAddress.Parse("::ffff:192.0.2.9");
        foreach (var header in new[]
        {
            "X-Real-IP", "x_real_ip", "X-Forwarded-For", "X-Forwarded-Port", "X-Forwarded-Ssl", "X-Original-URL", "Forwarded",
            "True-Client-IP",
        })
            context.Request.Headers[header] = "6.6.6.6";
        (context.Request.Host, context.Request.Headers.Accept) = (new HostString("shop"), "*/*");

        ClientRequest.Prepare(context);

        Assert.Equal(["Accept=*/*", "Host=shop", "X-Real-IP=192.0.2.9"], context.Request.Headers.Select(h => $"{h.Key}={h.Value}").Order());
    }

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
