using System.Collections.Immutable;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Orchestrator.Network.Proxying;

namespace Orchestrator.Ingress.Routing;

/// <summary>The certificate of each name; replaced whole, so that handshakes never see half of it.</summary>
internal sealed class Certificates
{
    private static readonly List<SslApplicationProtocol> Protocols =
        [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11];

    private volatile IReadOnlyList<(string Host, SslServerAuthenticationOptions Options)> known = [];
    private ImmutableDictionary<string, SslServerAuthenticationOptions> byText =
        ImmutableDictionary<string, SslServerAuthenticationOptions>.Empty;

    /// <summary>Connections that exist keep the certificate they were shown.</summary>
    public void Apply(ProxyState state, ImmutableArray<string>.Builder faults)
    {
        var parsed = ImmutableDictionary.CreateBuilder<string, SslServerAuthenticationOptions>();
        var next = new List<(string, SslServerAuthenticationOptions)>();
        foreach (var route in RouteTable.Ordered(state.Routes.Where(r => r.Certificate.Length > 0)))
        {
            try
            {
                var text = state.Certificates.GetValueOrDefault(route.Certificate)
                    ?? throw new CryptographicException("it is not there");
                if (!parsed.TryGetValue(text, out var options))
                    parsed[text] = options = byText.GetValueOrDefault(text) ?? Options(text);
                next.Add((route.Host, options));
            }
            catch (Exception e) when (e is CryptographicException or ArgumentException)
            {
                faults.Add($"certificate {route.Certificate} of {route.Host} cannot be used: {e.Message}");
            }
        }

        byText = parsed.ToImmutable();
        known = next;
    }

    /// <param name="name">What the client asked for; empty: it did not say.</param>
    /// <exception cref="AuthenticationException">There is no certificate for it.</exception>
    public SslServerAuthenticationOptions For(string name) =>
        known.FirstOrDefault(k => Covers(k.Host, name.EndsWith('.') ? name[..^1] : name)).Options
        ?? throw new AuthenticationException($"no route with TLS for \"{name}\"");

    internal static bool Covers(string host, string name) =>
        host.Length == 0 || name.Equals(host, StringComparison.OrdinalIgnoreCase)
        || (host.StartsWith("*.", StringComparison.Ordinal) && name.EndsWith(host[1..], StringComparison.OrdinalIgnoreCase));

    private static SslServerAuthenticationOptions Options(string text)
    {
        var all = new X509Certificate2Collection();
        all.ImportFromPem(text);
        if (all.Count == 0)
            throw new CryptographicException("there is no certificate in it");
        using var pem = X509Certificate2.CreateFromPem(text, text);
        // A key that was read from PEM serves a client only; through PKCS #12 it serves a server, too.
        var own = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
        all.RemoveAt(0);
        return new SslServerAuthenticationOptions
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(own, all, offline: true),
            ApplicationProtocols = Protocols,
        };
    }
}
