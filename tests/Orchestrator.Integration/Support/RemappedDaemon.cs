using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Orchestrator.Integration.Support;

/// <summary>A lone daemon whose containers have users of their own, that listens on TCP with certificates, and gives
/// containers search domains.</summary>
public sealed class RemappedDaemon : LoneDaemon
{
    public const int FirstId = 300_000;

    private const string Address = "tcp://127.0.0.1:23760";

    protected override string Flags =>
        "--userns-remap default --dns-search corp.example --dns-opt ndots:3 --default-ulimit nofile=512:600 "
        + $"-H {SocketAddress} -H {Address} --tlsverify --tlscacert {Folder}/ca.pem --tlscert {Folder}/server.pem "
        + $"--tlskey {Folder}/server.key";

    /// <summary>The stock client, over TCP, from inside the daemon's network.</summary>
    public Task<ShellResult> DockerOverTcpAsync(string flags, string command) =>
        InsideAsync($"docker -H {Address} {flags} {command} 2>&1");

    public string ClientFlags =>
        $"--tlsverify --tlscacert {Folder}/ca.pem --tlscert {Folder}/client.pem --tlskey {Folder}/client.key";

    /// <summary>The machine's own subordinate ids stay what they are: these are seen by the daemon alone.</summary>
    protected override async Task PrepareAsync()
    {
        foreach (var name in new[] { "subuid", "subgid" })
        {
            var file = Path.Combine(Folder, name);
            await File.WriteAllTextAsync(file, $"someone:{FirstId - 65_536}:65536\n");
            await InsideAsync($"touch /etc/{name}; mount --bind {file} /etc/{name}");
        }

        WriteCertificates();
    }

    private void WriteCertificates()
    {
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=test authority", authorityKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var authority = request.CreateSelfSigned(
            DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(Path.Combine(Folder, "ca.pem"), authority.ExportCertificatePem());
        Write(authority, "server", "1.3.6.1.5.5.7.3.1");
        Write(authority, "client", "1.3.6.1.5.5.7.3.2");
    }

    private void Write(X509Certificate2 authority, string name, string purpose)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(purpose)], critical: false));
        using var certificate = request.Create(
            authority, authority.NotBefore, authority.NotAfter, RandomNumberGenerator.GetBytes(8));
        File.WriteAllText(Path.Combine(Folder, $"{name}.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(Folder, $"{name}.key"), key.ExportPkcs8PrivateKeyPem());
    }
}

[CollectionDefinition(Name)]
public sealed class RemappedDaemonCollection : ICollectionFixture<RemappedDaemon>
{
    public const string Name = "remapped daemon";
}
