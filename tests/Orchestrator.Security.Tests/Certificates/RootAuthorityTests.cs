using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Orchestrator.Security.Tests.Certificates;

public sealed class RootAuthorityTests
{
    private static readonly DateTimeOffset Now = TestCluster.Now;
    private static readonly PeerIdentity Worker = new(new NodeId("n1"), NodeRole.Worker, new ClusterId("c1"));

    private static X509Certificate2 Issue(RootAuthority root, PeerIdentity subject, TimeSpan lifetime)
    {
        using var key = new NodeKey();
        return X509Certificate2.CreateFromPem(root.Issue(key.CreateRequestPem(), subject, lifetime, Now));
    }

    private static string[] NamesOf(X509Certificate2 certificate) =>
        [.. certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().Single().EnumerateDnsNames()];

    [Fact]
    public void A_root_lives_twenty_years_on_P256()
    {
        using var root = RootAuthority.Create(Now);

        Assert.InRange(root.Certificate.NotAfter, Now.AddYears(20).AddDays(-2).LocalDateTime, Now.AddYears(20).AddDays(2).LocalDateTime);
        using var key = root.Certificate.GetECDsaPublicKey();
        Assert.Equal("1.2.840.10045.3.1.7", key!.ExportParameters(false).Curve.Oid.Value);
    }

    [Fact]
    public void A_certificate_says_what_the_cluster_says_and_not_what_the_request_says()
    {
        using var root = RootAuthority.Create(Now);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var csr = new CertificateRequest("CN=other, OU=swarm-manager, O=c2", key, HashAlgorithmName.SHA256);
        csr.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));

        using var issued = X509Certificate2.CreateFromPem(
            root.Issue(csr.CreateSigningRequestPem(), Worker, TimeSpan.FromDays(90), Now));

        Assert.Equal(Worker, PeerIdentity.Read(issued));
        Assert.False(issued.Extensions.OfType<X509BasicConstraintsExtension>().Single().CertificateAuthority);
    }

    [Fact]
    public void A_certificate_begins_an_hour_early_and_ends_when_asked()
    {
        using var root = RootAuthority.Create(Now);

        using var issued = Issue(root, Worker, TimeSpan.FromDays(90));

        Assert.Equal(Now.AddHours(-1).ToUnixTimeSeconds(), new DateTimeOffset(issued.NotBefore).ToUnixTimeSeconds());
        Assert.Equal(Now.AddDays(90).ToUnixTimeSeconds(), new DateTimeOffset(issued.NotAfter).ToUnixTimeSeconds());
    }

    [Fact]
    public void No_certificate_lives_less_than_an_hour_or_longer_than_the_root()
    {
        using var root = RootAuthority.Create(Now);

        using var brief = Issue(root, Worker, TimeSpan.FromSeconds(1));
        using var eternal = Issue(root, Worker, TimeSpan.FromDays(100 * 365));

        Assert.Equal(Now.AddHours(1).ToUnixTimeSeconds(), new DateTimeOffset(brief.NotAfter).ToUnixTimeSeconds());
        Assert.Equal(root.Certificate.NotAfter, eternal.NotAfter);
    }

    [Fact]
    public void A_managers_certificate_is_the_registrys_too_and_a_workers_is_not()
    {
        using var root = RootAuthority.Create(Now);

        using var worker = Issue(root, Worker, TimeSpan.FromDays(1));
        using var manager = Issue(root, Worker with { Role = NodeRole.Manager }, TimeSpan.FromDays(1));

        Assert.Equal(["n1", "swarm-worker"], NamesOf(worker));
        Assert.Equal(["n1", "swarm-manager", "registry.orch"], NamesOf(manager));
    }

    [Theory]
    [InlineData("")]
    [InlineData("not pem")]
    [InlineData("-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----")]
    public void A_damaged_request_is_the_askers_fault(string csr)
    {
        using var root = RootAuthority.Create(Now);

        var refusal = Assert.Throws<UserException>(() => root.Issue(csr, Worker, TimeSpan.FromDays(1), Now));

        Assert.Equal(ErrorCode.InvalidArgument, refusal.Code);
    }

    [Fact]
    public void A_request_signed_by_another_key_is_refused()
    {
        using var root = RootAuthority.Create(Now);
        using var key = new NodeKey();
        var pem = key.CreateRequestPem(); // Made once: each is signed anew, and not every signature is as long.
        var bytes = Convert.FromBase64String(pem[PemEncoding.Find(pem).Base64Data]);
        bytes[^1] ^= 1;

        Assert.Throws<UserException>(() => root.Issue(
            PemEncoding.WriteString("CERTIFICATE REQUEST", bytes), Worker, TimeSpan.FromDays(1), Now));
    }

    [Fact]
    public void An_RSA_key_is_refused()
    {
        using var root = RootAuthority.Create(Now);
        using var rsa = RSA.Create(2048);
        var csr = new CertificateRequest("CN=x", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

        Assert.Throws<UserException>(() => root.Issue(csr.CreateSigningRequestPem(), Worker, TimeSpan.FromDays(1), Now));
    }

    [Fact]
    public void A_root_read_back_signs_under_the_same_root()
    {
        using var cluster = new TestCluster();
        using var again = RootAuthority.Load(cluster.Root.CertificatePem, cluster.Root.KeyPem);

        using var issued = Issue(again, Worker with { Cluster = cluster.Id }, TimeSpan.FromDays(1));

        Assert.True(cluster.Verify(issued).IsTrusted);
    }
}
