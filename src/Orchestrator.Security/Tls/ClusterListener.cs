using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Orchestrator.Security;

/// <summary>TLS of a port that other nodes dial.</summary>
public static class ClusterListener
{
    /// <summary>
    /// Serves TLS with the node's certificate as it is at each handshake. A client may show no certificate, for
    /// fetching the root and handing over a join token; one it shows must be of this cluster. What either may call
    /// is for <see cref="PeerAuthorizer"/> to say.
    /// </summary>
    /// <param name="maxStrangers">Connections at once without a certificate of the cluster, those in their handshake
    /// included; more are closed as they come. Null: as many as there are.</param>
    public static ListenOptions UseClusterTls(
        this ListenOptions listen, IdentitySource identity, TimeProvider time, int? maxStrangers = null)
    {
        var protocols = listen.Protocols switch
        {
            HttpProtocols.Http1 => (List<SslApplicationProtocol>)[SslApplicationProtocol.Http11],
            HttpProtocols.Http2 => [SslApplicationProtocol.Http2],
            _ => [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
        };
        if (maxStrangers is { } most)
            new StrangerLimit(most).UseBefore(listen);
        listen.UseHttps(new TlsHandshakeCallbackOptions
        {
            OnConnection = _ => ValueTask.FromResult(Options(identity.Current, protocols, time)),
        });
        if (maxStrangers is not null)
            StrangerLimit.UseBehind(listen);
        return listen;
    }

    private static SslServerAuthenticationOptions Options(
        NodeIdentity self, List<SslApplicationProtocol> protocols, TimeProvider time) => new()
    {
        ServerCertificateContext = self.TlsContext,
        ApplicationProtocols = protocols,
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        AllowTlsResume = false,
        ClientCertificateRequired = true, // Asks; whether one must come is decided below.
        RemoteCertificateValidationCallback = (_, certificate, _, _) =>
            certificate is null
            || CertificateVerifier.Verify(
                certificate as X509Certificate2, self.Root, self.Cluster, time.GetUtcNow()).IsTrusted,
    };
}
