using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Orchestrator.Cli.Tests.Http;

public sealed class TlsTests : IDisposable
{
    private readonly UserFolder _home = new();
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly X509Certificate2 _authority = Issue("orch test authority", null);

    public TlsTests()
    {
        var server = Issue("localhost", _authority);
        var client = Issue("client", _authority);
        _home.Write(".orch/ca.pem", _authority.ExportCertificatePem());
        _home.Write(".orch/cert.pem", client.ExportCertificatePem());
        _home.Write(".orch/key.pem", client.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        _home.Write("other.pem", Issue("another authority", null).ExportCertificatePem());
        _listener.Start();
        new Thread(() => Serve(X509CertificateLoader.LoadPkcs12(server.Export(X509ContentType.Pkcs12), null))) { IsBackground = true }.Start();
    }

    private string Host => $"tcp://localhost:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    [Fact]
    public void A_daemon_is_verified_and_shown_the_certificate_of_the_config_folder()
    {
        var result = _home.Run("-H", Host, "--tlsverify", "ps", "-q");

        Assert.Equal(new CliResult(0, "CN=client\n", ""), result);
    }

    [Fact]
    public void The_environment_can_ask_for_it_too()
    {
        var result = CliResult.With(
            new() { ["HOME"] = "/nonexistent", ["DOCKER_HOST"] = Host, ["DOCKER_TLS_VERIFY"] = "1", ["DOCKER_CERT_PATH"] = _home[".orch"] },
            "", "ps", "-q");

        Assert.Equal(new CliResult(0, "CN=client\n", ""), result);
    }

    [Fact]
    public void A_context_brings_its_own_certificates()
    {
        var files = string.Join(',', new[] { "ca", "cert", "key" }.Select(f => $"{f}={_home[$".orch/{f}.pem"]}"));
        _home.Run("context", "create", "safe", "--docker", $"host={Host},{files}");
        foreach (var file in Directory.GetFiles(_home[".orch"], "*.pem")) File.Delete(file);

        Assert.Equal(new CliResult(0, "CN=client\n", ""), _home.Run("-c", "safe", "ps", "-q"));
    }

    [Fact]
    public void Tls_alone_encrypts_and_believes_whoever_answers()
    {
        var result = _home.Run("-H", Host, "--tls", "--tlscacert", _home["other.pem"], "ps", "-q");

        Assert.Equal(new CliResult(0, "CN=client\n", ""), result);
    }

    [Fact]
    public void A_daemon_of_another_authority_is_not_talked_to()
    {
        var result = _home.Run("-H", Host, "--tlsverify", "--tlscacert", _home["other.pem"], "ps", "-q");

        Assert.Equal((1, ""), (result.ExitCode, result.Out));
        Assert.Contains("failed to verify the daemon's certificate", result.Error, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _listener.Stop();
        _home.Dispose();
    }

    /// <summary>Answers every listing with one container whose ID is the subject of the client's certificate.</summary>
    private void Serve(X509Certificate2 certificate)
    {
        while (true)
        {
            try
            {
                using var tls = new SslStream(_listener.AcceptTcpClient().GetStream());
                tls.AuthenticateAsServer(new SslServerAuthenticationOptions
                {
                    ServerCertificate = certificate, ClientCertificateRequired = true,
                    RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is not null,
                });
                var subject = tls.RemoteCertificate?.Subject ?? "nobody";
                while (FakeExchange.Read(tls) is { } exchange)
                    exchange.Respond(200, $$"""[{"Id":"{{subject}}"}]""", "application/json");
            }
            catch (Exception e) when (e is IOException or System.Security.Authentication.AuthenticationException)
            {
                // The client did not want us.
            }
            catch (Exception e) when (e is SocketException or InvalidOperationException)
            {
                return; // The test has ended.
            }
        }
    }

    private static X509Certificate2 Issue(string name, X509Certificate2? issuer)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(issuer is null, false, 0, true));
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name.Replace(' ', '-'));
        request.CertificateExtensions.Add(names.Build());
        var (from, to) = (DateTimeOffset.UtcNow.AddHours(-2), DateTimeOffset.UtcNow.AddHours(2));
        if (issuer is null) return request.CreateSelfSigned(from, to);
        using var issued = request.Create(issuer, from.AddHours(1), to.AddHours(-1), RandomNumberGenerator.GetBytes(8));
        return issued.CopyWithPrivateKey(key);
    }
}
