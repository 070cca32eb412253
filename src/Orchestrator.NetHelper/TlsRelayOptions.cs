using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Orchestrator.NetHelper;

/// <summary>Whom a relay speaks to, and how either shows who it is.</summary>
/// <param name="Host">The name that the server's certificate is for.</param>
internal sealed record TlsRelayOptions(IPEndPoint Server, string Host)
{
    /// <summary>PEM of the authorities to trust; null: the host's.</summary>
    public string? Authority { get; private init; }

    /// <summary>Our own certificate and its key, PEM; null: none.</summary>
    public string? Certificate { get; private init; }

    public string? Key { get; private init; }

    /// <summary>Whoever answers is believed.</summary>
    public bool SkipsVerify { get; private init; }

    /// <summary><c>ADDRESS:PORT host=NAME [ca=FILE] [cert=FILE key=FILE] [skip-verify=true]</c>.</summary>
    public static TlsRelayOptions Parse(string[] words)
    {
        var fields = words.Skip(1).Select(word => word.Split('=', 2)).Where(pair => pair.Length == 2)
            .ToDictionary(pair => pair[0], pair => pair[1]);
        if (words.Length == 0 || !IPEndPoint.TryParse(words[0], out var server))
            throw new ArgumentException("orch-net tls ADDRESS:PORT host=NAME [ca=FILE] [cert=FILE key=FILE] [skip-verify=true]");
        return new TlsRelayOptions(server, fields.GetValueOrDefault("host") ?? server.Address.ToString())
        {
            Authority = fields.GetValueOrDefault("ca"),
            Certificate = fields.GetValueOrDefault("cert"),
            Key = fields.GetValueOrDefault("key"),
            SkipsVerify = fields.GetValueOrDefault("skip-verify") == "true",
        };
    }

    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="System.Security.Cryptography.CryptographicException">It is no certificate or key.</exception>
    public SslClientAuthenticationOptions ToClient()
    {
        var client = new SslClientAuthenticationOptions { TargetHost = Host };
        if (Certificate is { } file)
            client.ClientCertificates = [X509Certificate2.CreateFromPemFile(file, Key)];
#pragma warning disable CA5359 // It is what the option asks for.
        if (SkipsVerify)
            client.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        else if (Authority is { } authority)
            client.CertificateChainPolicy = Trusting(authority);
        return client;
    }

    private static X509ChainPolicy Trusting(string authority)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.ImportFromPemFile(authority);
        return policy;
    }
}
