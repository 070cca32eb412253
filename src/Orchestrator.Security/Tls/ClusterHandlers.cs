using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Orchestrator.Security;

/// <summary>HTTP handlers for calls to other nodes. Each caller owns and disposes what it gets.</summary>
public static class ClusterHandlers
{
    /// <summary>Trusts anyone: for fetching the root certificate, which the token's digest then proves.</summary>
    public static SocketsHttpHandler Insecure() => Build(_ => null);

    /// <summary>Trusts managers under that root, and shows no certificate: for handing over a join token.</summary>
    public static SocketsHttpHandler TrustingRoot(X509Certificate2 root, TimeProvider time) =>
        Build(certificate => FaultOf(
            CertificateVerifier.Verify(certificate, root, cluster: null, time.GetUtcNow()), NodeRole.Manager,
            id: null));

    /// <summary>Mutual TLS between nodes: the peer must be of this cluster and in the expected role.</summary>
    /// <param name="identity">Asked at every new connection, so that a renewed certificate is used.</param>
    /// <param name="time">Judges the peer's certificate.</param>
    /// <param name="role">The role the peer must have; null: either.</param>
    /// <param name="id">The node it must be; null: any.</param>
    public static SocketsHttpHandler Mutual(
        IdentitySource identity, TimeProvider time, NodeRole? role, NodeId? id = null)
    {
        var handler = Build(certificate =>
        {
            var self = identity.Current;
            return FaultOf(
                CertificateVerifier.Verify(certificate, self.Root, self.Cluster, time.GetUtcNow()), role, id);
        });
        handler.SslOptions.LocalCertificateSelectionCallback = (_, _, _, _, _) => identity.Current.Certificate;
        return handler;
    }

    private static string? FaultOf(CertificateVerdict verdict, NodeRole? role, NodeId? id) =>
        !verdict.IsTrusted ? verdict.Fault
        : role is { } expected && verdict.Peer.Role != expected
            ? $"node {verdict.Peer.Id} is a {verdict.Peer.Role.ToWord()}, not a {expected.ToWord()}"
        : id is { } wanted && verdict.Peer.Id != wanted ? $"node {verdict.Peer.Id} answers, not node {wanted}"
        : null;

    private static SocketsHttpHandler Build(Func<X509Certificate2?, string?> faultOf) => new()
    {
        EnableMultipleHttp2Connections = true,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        // A peer whose machine is gone sends no RST: streams that wait on it must learn of it.
        KeepAlivePingDelay = TimeSpan.FromSeconds(5),
        KeepAlivePingTimeout = TimeSpan.FromSeconds(5),
        KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
        UseProxy = false,
        SslOptions = new SslClientAuthenticationOptions
        {
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            // A resumed session would answer for a certificate that has since changed its role.
            AllowTlsResume = false,
            RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                faultOf(certificate as X509Certificate2) is { } fault
                    ? throw new AuthenticationException($"remote node refused: {fault}")
                    : true,
        },
    };
}
