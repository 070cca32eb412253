using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Orchestrator.Daemon.Configuration;
using Orchestrator.Daemon.Startup;
using Orchestrator.EngineApi.Hijacking;

namespace Orchestrator.Daemon.Hosting;

/// <summary>Where the API listens.</summary>
internal static class ApiListeners
{
    private const string Unix = "unix://", Tcp = "tcp://";
    private const int PlainPort = 2375, TlsPort = 2376;

    public static IEnumerable<string> SocketsOf(DaemonOptions options) =>
        options.Hosts.Where(host => host.StartsWith(Unix, StringComparison.Ordinal)).Select(
            host => host[Unix.Length..]);

    public static void Configure(KestrelServerOptions kestrel, DaemonOptions options)
    {
        kestrel.AddServerHeader = false;
        // Streams of logs and events are as slow as they are, and an idle client may come back.
        kestrel.Limits.MinResponseDataRate = null;
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(10);
        foreach (var path in SocketsOf(options))
            kestrel.ListenUnixSocket(path, Http1);
        foreach (var host in options.Hosts.Where(host => host.StartsWith(Tcp, StringComparison.Ordinal)))
            kestrel.Listen(EndPointOf(host, options.Tls is not null), listen => ListenTcp(listen, options.Tls));
        if (options.MetricsAddress is { } metrics)
            kestrel.Listen(IPEndPoint.Parse(metrics));
    }

    private static void Http1(ListenOptions listen)
    {
        listen.Protocols = HttpProtocols.Http1;
        listen.UseHijacking();
    }

    private static void ListenTcp(ListenOptions listen, TlsOptions? tls)
    {
        if (tls is not null)
            listen.UseHttps(https => Demand(https, tls));
        Http1(listen);
    }

    /// <summary>Both sides show certificates of the one authority that is configured, and of no other.</summary>
    private static void Demand(HttpsConnectionAdapterOptions https, TlsOptions tls)
    {
        try
        {
            var authority = X509CertificateLoader.LoadCertificateFromFile(tls.Authority);
            https.ServerCertificate = X509Certificate2.CreateFromPemFile(tls.Certificate, tls.Key);
            https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
            https.ClientCertificateValidation = (certificate, _, _) => IsSignedBy(authority, certificate);
        }
        catch (Exception e) when (e is IOException or System.Security.Cryptography.CryptographicException)
        {
            throw new StartupException(
                $"the certificates of the TCP listener cannot be read ({e.Message}); set "
                + "--tlscacert, --tlscert and --tlskey", e);
        }
    }

    private static bool IsSignedBy(X509Certificate2 authority, X509Certificate2 certificate)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ApplicationPolicy.Add(new("1.3.6.1.5.5.7.3.2")); // For clients.
        return chain.Build(certificate);
    }

    private static IPEndPoint EndPointOf(string host, bool tls)
    {
        var text = host[Tcp.Length..];
        if (!text.Contains(':'))
            text = $"{text}:{(tls ? TlsPort : PlainPort)}";
        if (text.StartsWith(':'))
            text = "0.0.0.0" + text;
        var end = IPEndPoint.TryParse(text.Replace("localhost", "127.0.0.1", StringComparison.Ordinal), out var parsed)
            ? parsed : throw new StartupException($"host is \"{host}\"; write tcp://address:port");
        // Whoever reaches this API owns the host: without mutual TLS it is for this host alone.
        return tls || IPAddress.IsLoopback(end.Address) ? end : throw new StartupException(
            $"host {host} would give the host to whoever can reach it; add --tlsverify with "
            + "certificates, or listen on 127.0.0.1");
    }
}
