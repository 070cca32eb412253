using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Orchestrator.Manager.ControlApi;
using Orchestrator.Manager.Tests.Scenarios;
using Orchestrator.Model;

namespace Orchestrator.Manager.Tests.ControlApi;

public sealed class RouteValidatorTests
{
    [Theory]
    [InlineData("shop.example", "/", 80, null)]
    [InlineData("*.example", "/api/v1", 8080, null)]
    [InlineData("", "/", 80, null)]
    [InlineData("Shop.example", "/", 80, "invalid route host \"Shop.example\"")]
    [InlineData("a.*.example", "/", 80, "invalid route host")]
    [InlineData("shop..example", "/", 80, "invalid route host")]
    [InlineData("shop.example", "api", 80, "invalid route path \"api\"")]
    [InlineData("shop.example", "/a/{b}", 80, "invalid route path")]
    [InlineData("shop.example", "/a/", 80, "invalid route path")]
    [InlineData("shop.example", "/", 0, "invalid port 0 of route shop.example/")]
    public void The_words_of_a_route_are_checked(string host, string path, int port, string? error) =>
        AssertRefused(error, With(new HttpRoute(host, path, port)));

    [Fact]
    public void A_certificate_is_for_its_host_has_its_key_and_lives()
    {
        var now = DateTimeOffset.UtcNow;
        AssertFits(null, "shop.example", Pem("shop.example", now.AddDays(1)));
        AssertFits(null, "*.example", Pem("*.example", now.AddDays(1)));
        AssertFits("it is not for shop.example", "shop.example", Pem("other.example", now.AddDays(1)));
        AssertFits("it expired at", "shop.example", Pem("shop.example", now.AddHours(-1)));
        AssertFits("in secret site cannot be used", "shop.example", "-----BEGIN CERTIFICATE-----");
        var (one, other) = (Pem("shop.example", now.AddDays(1)), Pem("shop.example", now.AddDays(1)));
        var mixed = one[..one.IndexOf("-----BEGIN PRIVATE", StringComparison.Ordinal)]
            + other[other.IndexOf("-----BEGIN PRIVATE", StringComparison.Ordinal)..];
        AssertFits("cannot be used", "shop.example", mixed);
    }

    [Fact]
    public void A_route_leads_to_one_service_and_its_ports_are_no_others()
    {
        var web = With(new HttpRoute("shop.example", "/", 80));
        var api = With(new HttpRoute("shop.example", "/api", 80));

        AssertRefused(null, api, web);
        AssertRefused("route shop.example/ already leads to service 'web'", web, web);
        AssertRefused("route shop.example/ is given twice", With(web.Endpoint.Routes[0], web.Endpoint.Routes[0]));
        AssertRefused("port '80' is where routes answer, those of service 'web'", Publishing(80), web);
        AssertRefused("port '80' is published by service 'web'", api, Publishing(80));
        AssertRefused(null, Publishing(443), web);
        AssertRefused(
            "port '443' is where routes answer", Publishing(443),
            With(new HttpRoute("shop.example", "/", 80) { SecretName = "site" }));
    }

    private static void AssertRefused(string? error, ServiceSpec spec, params ServiceSpec[] others)
    {
        var services = others.Select((other, i) => new Service { Id = new ServiceId($"s{i}"), Spec = other }).ToList();
        var refused = Record.Exception(() => RouteValidator.Validate(spec, services));
        if (error is null)
            Assert.Null(refused);
        else
            Assert.Contains(error, Assert.IsType<UserException>(refused).Message, StringComparison.Ordinal);
    }

    private static ServiceSpec With(params HttpRoute[] routes) =>
        MiniCluster.Spec("web", 1) with { Endpoint = new EndpointSpec { Routes = [.. routes] } };

    private static void AssertFits(string? error, string host, string pem)
    {
        var secret = new Payload
        {
            Id = new("s1"), Kind = PayloadKind.Secret, Annotations = Annotations.Named("site"),
            Data = System.Text.Encoding.UTF8.GetBytes(pem),
        };
        var refused = Record.Exception(() => RouteValidator.ValidateCertificate(new HttpRoute(host, "/", 80), secret));
        if (error is null)
            Assert.Null(refused);
        else
            Assert.Contains(error, Assert.IsType<UserException>(refused).Message, StringComparison.Ordinal);
    }

    private static ServiceSpec Publishing(int port) => MiniCluster.Spec("web", 1) with
    {
        Endpoint = new EndpointSpec { Ports = [new PortConfig(PortProtocol.Tcp, 80, port)] },
    };

    private static string Pem(string name, DateTimeOffset until)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=test", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), until);
        return certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem() + "\n";
    }
}
