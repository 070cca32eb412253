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
    public static IEnumerable<string> SocketsOf(DaemonOptions options) =>
        Addresses(options).Select(address => address.Path).OfType<string>().Distinct();

    /// <summary>Addresses that whoever is on this host can use without a certificate.</summary>
    public static IEnumerable<IPEndPoint> PlainOf(DaemonOptions options) =>
        options.Tls.DemandsCertificate ? [] : Addresses(options).Select(address => address.EndPoint).OfType<IPEndPoint>();

    public static void Configure(KestrelServerOptions kestrel, DaemonOptions options)
    {
        kestrel.AddServerHeader = false;
        // Streams of logs and events are as slow as they are, and an idle client may come back.
        kestrel.Limits.MinResponseDataRate = null;
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(10);
        foreach (var end in Addresses(options).Select(address => address.EndPoint).OfType<IPEndPoint>())
            kestrel.Listen(Guarded(end, options), listen => ListenTcp(listen, options.Tls));
        foreach (var which in Addresses(options).Select(address => address.Descriptor).OfType<string>())
            ListenPassed(kestrel, which, options);
        if (options.MetricsAddress is { } metrics)
            kestrel.Listen(IPEndPoint.Parse(metrics));
        // Bound in this order: whoever is answered on the socket finds the other addresses open, too.
        foreach (var path in SocketsOf(options))
            kestrel.ListenUnixSocket(path, Http1);
    }

    /// <summary>Before anything is made.</summary>
    /// <exception cref="StartupException">An address that would give the host away.</exception>
    public static void Check(DaemonOptions options)
    {
        foreach (var end in Addresses(options).Select(address => address.EndPoint).OfType<IPEndPoint>())
            Guarded(end, options);
    }

    /// <summary>Sockets that systemd was to pass; none of a configuration that is only looked at.</summary>
    /// <exception cref="StartupException">They were not passed.</exception>
    public static void CheckPassed(DaemonOptions options)
    {
        foreach (var which in Addresses(options).Select(address => address.Descriptor).OfType<string>())
            PassedSockets.Find(which);
    }

    private static IEnumerable<HostAddress> Addresses(DaemonOptions options) =>
        options.Hosts.Select(host => HostAddress.Parse(host, options.Tls.IsUsed));

    private static void ListenPassed(KestrelServerOptions kestrel, string which, DaemonOptions options)
    {
        foreach (var descriptor in PassedSockets.Find(which))
        {
            if (PassedSockets.EndPointOf(descriptor) is { } end)
            {
                Guarded(end, options);
                kestrel.ListenHandle((ulong)descriptor, listen => ListenTcp(listen, options.Tls));
            }
            else
            {
                kestrel.ListenHandle((ulong)descriptor, Http1);
            }
        }
    }

    private static void Http1(ListenOptions listen)
    {
        listen.Protocols = HttpProtocols.Http1;
        listen.UseHijacking();
    }

    private static void ListenTcp(ListenOptions listen, TlsOptions tls)
    {
        if (tls.IsUsed)
            listen.UseHttps(https => Configure(https, tls));
        Http1(listen);
    }

    /// <summary>Where clients are asked for a certificate, it is of the authority configured, and of no other.</summary>
    private static void Configure(HttpsConnectionAdapterOptions https, TlsOptions tls)
    {
        try
        {
            https.ServerCertificate = X509Certificate2.CreateFromPemFile(tls.Certificate, tls.Key);
            if (!tls.DemandsCertificate)
                return;
            var authority = X509CertificateLoader.LoadCertificateFromFile(tls.Authority);
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

    /// <summary>Whoever reaches this API owns the host: without certificates of clients it is for this host alone.
    /// </summary>
    private static IPEndPoint Guarded(IPEndPoint end, DaemonOptions options) =>
        options.Tls.DemandsCertificate || IPAddress.IsLoopback(end.Address) ? end : throw new StartupException(
            $"host tcp://{end} would give the host to whoever can reach it; add --tlsverify with --tlscacert, "
            + "--tlscert and --tlskey, or listen on 127.0.0.1");
}
