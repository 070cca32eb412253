using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Orchestrator.Security;

/// <summary>
/// The cluster's root certificate with its key: what makes certificates of nodes. Managers alone have it.
/// </summary>
public sealed class RootAuthority : IDisposable
{
    /// <summary>What a manager's certificate is valid for besides its node id.</summary>
    public const string RegistryName = "registry.orch";

    public static readonly TimeSpan RootLifetime = TimeSpan.FromDays(20 * 365.25);

    /// <summary>Docker's bound: a shorter life would be spent renewing.</summary>
    public static readonly TimeSpan ShortestLifetime = TimeSpan.FromHours(1);

    /// <summary>Clocks of nodes may differ by so much.</summary>
    public static readonly TimeSpan Backdating = TimeSpan.FromHours(1);

    private RootAuthority(X509Certificate2 certificate) => Certificate = certificate;

    /// <summary>With its private key.</summary>
    public X509Certificate2 Certificate { get; }

    public string CertificatePem => Certificate.ExportCertificatePem() + "\n";

    /// <summary>PKCS#8, not encrypted.</summary>
    public string KeyPem
    {
        get
        {
            using var key = Certificate.GetECDsaPrivateKey()!;
            return key.ExportPkcs8PrivateKeyPem() + "\n";
        }
    }

    /// <summary>Makes a new root, valid from a day before <paramref name="now"/>.</summary>
    public static RootAuthority Create(DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=swarm-ca", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(
            certificateAuthority: true, hasPathLengthConstraint: true, pathLengthConstraint: 1, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(
            X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return new RootAuthority(request.CreateSelfSigned(now - TimeSpan.FromDays(1), now + RootLifetime));
    }

    /// <param name="certificatePem">The root's certificate.</param>
    /// <param name="keyPem">Its key, as <see cref="KeyPem"/> gave it.</param>
    /// <exception cref="CryptographicException">They are no PEM, or do not belong together.</exception>
    public static RootAuthority Load(string certificatePem, string keyPem) =>
        new(X509Certificate2.CreateFromPem(certificatePem, keyPem));

    /// <summary>
    /// Makes a node's certificate. Of the request only the public key counts: who the node is, the cluster says.
    /// </summary>
    /// <param name="csrPem">PKCS#10 in PEM, on an ECDSA key, signed by it.</param>
    /// <param name="subject">
    /// Goes into the subject; the id, and for managers the registry's name, into the SANs.
    /// </param>
    /// <param name="lifetime">At least <see cref="ShortestLifetime"/>; cut where the root ends.</param>
    /// <param name="now">The certificate is valid from an hour before.</param>
    /// <returns>The certificate in PEM.</returns>
    /// <exception cref="UserException">
    /// InvalidArgument: the request is damaged, or its key is of another kind.
    /// </exception>
    public string Issue(string csrPem, PeerIdentity subject, TimeSpan lifetime, DateTimeOffset now)
    {
        var request = new CertificateRequest(subject.ToSubject(), LoadKey(csrPem), HashAlgorithmName.SHA256);
        var extensions = request.CertificateExtensions;
        extensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        extensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        // serverAuth and clientAuth: every node dials and answers.
        extensions.Add(new X509EnhancedKeyUsageExtension([new("1.3.6.1.5.5.7.3.1"), new("1.3.6.1.5.5.7.3.2")], false));
        extensions.Add(NamesOf(subject));
        extensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        extensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(Certificate, true, false));

        DateTimeOffset rootEnd = Certificate.NotAfter;
        var end = now + (lifetime < ShortestLifetime ? ShortestLifetime : lifetime);
        using var certificate = request.Create(
            Certificate, now - Backdating, end < rootEnd ? end : rootEnd, RandomNumberGenerator.GetBytes(16));
        return certificate.ExportCertificatePem() + "\n";
    }

    public void Dispose() => Certificate.Dispose();

    private static PublicKey LoadKey(string csrPem)
    {
        try
        {
            var key = CertificateRequest.LoadSigningRequestPem(csrPem, HashAlgorithmName.SHA256).PublicKey;
            using var ecdsa = key.GetECDsaPublicKey();
            return ecdsa is { KeySize: >= 256 } ? key : throw Refused("its key is not ECDSA of 256 bits or more");
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or NotSupportedException)
        {
            throw Refused(e.Message, e);
        }
    }

    private static UserException Refused(string why, Exception? cause = null) =>
        new(ErrorCode.InvalidArgument, $"certificate signing request refused: {why}", inner: cause);

    private static X509Extension NamesOf(PeerIdentity subject)
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(subject.Id.Value);
        names.AddDnsName(subject.Role.ToWord());
        if (subject.Role == NodeRole.Manager)
            names.AddDnsName(RegistryName);
        return names.Build();
    }
}
