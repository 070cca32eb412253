using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Orchestrator.Security;

/// <summary>Who this node is: key, certificate and the root it trusts. Immutable; a renewal makes another.</summary>
public sealed class NodeIdentity : IDisposable
{
    private readonly Lazy<SslStreamCertificateContext> _context;

    private NodeIdentity(PeerIdentity self, X509Certificate2 certificate, X509Certificate2 root, string keyPem)
    {
        Self = self;
        Certificate = certificate;
        Root = root;
        KeyPem = keyPem;
        // Offline: no issuer certificate is ever fetched from a network.
        _context = new(() => SslStreamCertificateContext.Create(Certificate, [Root], offline: true));
    }

    public PeerIdentity Self { get; }

    public NodeId Id => Self.Id;

    public NodeRole Role => Self.Role;

    public ClusterId Cluster => Self.Cluster;

    /// <summary>With its private key.</summary>
    public X509Certificate2 Certificate { get; }

    public X509Certificate2 Root { get; }

    public DateTimeOffset NotBefore => Certificate.NotBefore;

    public DateTimeOffset NotAfter => Certificate.NotAfter;

    public string KeyPem { get; }

    public string CertificatePem => Certificate.ExportCertificatePem() + "\n";

    public string RootPem => Root.ExportCertificatePem() + "\n";

    internal SslStreamCertificateContext TlsContext => _context.Value;

    /// <param name="keyPem">The node's private key.</param>
    /// <param name="certificatePem">Its certificate; what stands behind the first is ignored.</param>
    /// <param name="rootPem">The root that signed it.</param>
    /// <exception cref="CryptographicException">A part is damaged, or they do not belong together.</exception>
    public static NodeIdentity FromPem(string keyPem, string certificatePem, string rootPem)
    {
        var certificate = LoadWithKey(certificatePem, keyPem);
        var root = X509Certificate2.CreateFromPem(rootPem);
        // Asked of the middle of its life: an expired identity can be read, and says so when it is used.
        var middle = certificate.NotBefore + ((certificate.NotAfter - certificate.NotBefore) / 2);
        var verdict = CertificateVerifier.Verify(certificate, root, cluster: null, middle);
        return verdict.IsTrusted
            ? new NodeIdentity(verdict.Peer, certificate, root, keyPem)
            : throw new CryptographicException($"The node's {verdict.Fault}.");
    }

    /// <summary>The first identity of a new cluster: a manager, certified by the root made for it.</summary>
    public static NodeIdentity CreateFirst(RootAuthority root, PeerIdentity self, TimeSpan lifetime, DateTimeOffset now)
    {
        using var key = new NodeKey();
        return FromPem(key.Pem, root.Issue(key.CreateRequestPem(), self, lifetime, now), root.CertificatePem);
    }

    /// <summary>Why this identity is of no use now, with what to do about it; null: it is.</summary>
    public UserException? FaultAt(DateTimeOffset now) =>
        now <= NotAfter
            ? null
            : new UserException(
                ErrorCode.FailedPrecondition,
                $"the certificate of node {Id} expired on {NotAfter:u}",
                "Join the cluster anew: orch swarm leave --force, then orch swarm join.");

    private static X509Certificate2 LoadWithKey(string certificatePem, string keyPem)
    {
        try
        {
            return X509Certificate2.CreateFromPem(certificatePem, keyPem);
        }
        catch (ArgumentException e)
        {
            throw new CryptographicException("Key and certificate do not belong together.", e);
        }
    }

    public void Dispose()
    {
        Certificate.Dispose();
        Root.Dispose();
    }
}
