using System.Diagnostics.CodeAnalysis;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Orchestrator.Cli.Contexts;

namespace Orchestrator.Cli.Http;

/// <summary>How to speak TLS with a daemon.</summary>
/// <param name="Files">The authority to trust in place of the system's, and the certificate to show.</param>
/// <param name="Verify">False: whoever answers is believed; the connection is only encrypted.</param>
[SuppressMessage("Security", "CA5359", Justification = "Only where the user asked for --tls without --tlsverify.")]
internal sealed record ClientTls(TlsFiles Files, bool Verify)
{
    /// <param name="text">The daemon's address as errors name it.</param>
    /// <exception cref="CliException">The two do not trust each other, or the files are no certificates.</exception>
    public SslStream Wrap(Stream plain, string host, string text)
    {
        var tls = new SslStream(plain, leaveInnerStreamOpen: false);
        try
        {
            tls.AuthenticateAsClient(Options(host));
            return tls;
        }
        catch (Exception e) when (e is AuthenticationException or IOException or CryptographicException)
        {
            tls.Dispose();
            throw new CliException($"error during connect: {text}: {Explain(e)}", e);
        }
    }

    private SslClientAuthenticationOptions Options(string host)
    {
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = host, EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        };
        if (!Verify) options.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
        else if (Files.Ca is { } ca) options.CertificateChainPolicy = Trusting(ca);
        if (Files is { Certificate: { } certificate, Key: { } key })
            options.ClientCertificateContext = SslStreamCertificateContext.Create(
                X509Certificate2.CreateFromPem(Pem(certificate), Pem(key)), additionalCertificates: null, offline: true);
        return options;
    }

    private static X509ChainPolicy Trusting(byte[] ca)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.ImportFromPem(Pem(ca));
        return policy;
    }

    private static string Explain(Exception e) => e switch
    {
        CryptographicException => $"ca.pem, cert.pem or key.pem cannot be used: {e.Message}",
        IOException => $"the TLS handshake failed: {e.Message}. Does the daemon speak TLS on this port?",
        _ when e.InnerException is { } inner => $"the TLS handshake failed: {inner.Message}",
        _ => $"tls: failed to verify the daemon's certificate: {e.Message}. "
            + "Name the authority that signed it with --tlscacert.",
    };

    private static string Pem(byte[] content) => Encoding.ASCII.GetString(content);
}
