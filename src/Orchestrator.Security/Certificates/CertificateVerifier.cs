using System.Security.Cryptography.X509Certificates;

namespace Orchestrator.Security;

/// <summary>
/// Judges a peer's certificate: chain to the cluster's root, time, subject. Host names do not matter.
/// </summary>
public static class CertificateVerifier
{
    /// <param name="certificate">The peer's; null: it showed none.</param>
    /// <param name="root">The one root that is trusted.</param>
    /// <param name="cluster">Which cluster it must belong to; null: any under that root.</param>
    /// <param name="now">The moment it must be valid at.</param>
    public static CertificateVerdict Verify(
        X509Certificate2? certificate, X509Certificate2 root, ClusterId? cluster, DateTimeOffset now)
    {
        if (certificate is null)
            return CertificateVerdict.Refuse("no certificate was shown");
        if (now > certificate.NotAfter)
            return CertificateVerdict.Refuse($"certificate expired on {certificate.NotAfter.ToUniversalTime():u}");
        if (now < certificate.NotBefore)
            return CertificateVerdict.Refuse(
                $"certificate is valid only from {certificate.NotBefore.ToUniversalTime():u}; check the clocks");
        if (ChainFault(certificate, root, now) is { } fault)
            return CertificateVerdict.Refuse(fault);
        if (PeerIdentity.Read(certificate) is not { } peer)
            return CertificateVerdict.Refuse($"certificate subject \"{certificate.Subject}\" names no node");
        return cluster is { } expected && peer.Cluster != expected
            ? CertificateVerdict.Refuse($"certificate belongs to cluster {peer.Cluster}, not {expected}")
            : CertificateVerdict.Accept(peer);
    }

    private static string? ChainFault(X509Certificate2 certificate, X509Certificate2 root, DateTimeOffset now)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(root);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = now.LocalDateTime;
        var valid = chain.Build(certificate);
        foreach (var element in chain.ChainElements)
            element.Certificate.Dispose();
        return valid
            ? null
            : "certificate is not signed by this cluster's root CA: "
                + string.Join(", ", chain.ChainStatus.Select(status => status.Status).Distinct());
    }
}
