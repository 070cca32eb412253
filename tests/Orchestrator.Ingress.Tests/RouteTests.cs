using System.Collections.Immutable;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Linux.Netlink;
using Orchestrator.Network;
using Orchestrator.Network.Tests;
using Orchestrator.Testing;

namespace Orchestrator.Ingress.Tests;

/// <summary>HTTP through the nodes, asked for by curl.</summary>
public sealed class RouteTests
{
    private const string Client = "10.77.0.9", Shop = "shop.example";

    [RootFact]
    public async Task Requests_are_led_by_host_and_path_to_tasks_that_see_the_clients_address()
    {
        await using var cluster = await StartAsync(
            new IngressRoute("s1", Shop, "/", 80, "", []), new IngressRoute("s1", Shop, "/api", 8080, "", []));
        await using var outside = Outside(cluster);
        await using var pages = await ServeAsync(cluster["web.1.a"].Namespace, 80, "pages");
        await using var api = await ServeAsync(cluster["web.1.a"].Namespace, 8080, "api");

        foreach (var host in new[] { "10.77.0.1", "10.77.0.2" })
        {
            var at = $"{Shop}:80:{host}";
            Assert.Equal(
                $"pages GET /a?b=c host={Shop} xff={Client} forwarded=for={Client};host={Shop};proto=http HTTP/1.1",
                await CurlAsync(outside, "--resolve", at, "-H", "X-Forwarded-For: 6.6.6.6", $"http://{Shop}/a?b=c"));
            Assert.StartsWith("api GET /api/x ", await CurlAsync(outside, "--resolve", at, $"http://{Shop}/api/x"), StringComparison.Ordinal);
            Assert.StartsWith("pages GET /apix ", await CurlAsync(outside, "--resolve", at, $"http://{Shop}/apix"), StringComparison.Ordinal);
            Assert.Equal("404", await CodeAsync(outside, $"http://{host}/"));
        }
    }

    [RootFact]
    public async Task A_task_sees_the_path_as_it_was_written()
    {
        await using var cluster = await StartAsync(
            new IngressRoute("s1", Shop, "/", 80, "", []), new IngressRoute("s1", Shop, "/api", 8080, "", []));
        await using var outside = Outside(cluster);
        await using var pages = await ServeAsync(cluster["web.1.a"].Namespace, 80, "pages");
        await using var api = await ServeAsync(cluster["web.1.a"].Namespace, 8080, "api");
        string[] ask = ["--resolve", $"{Shop}:80:10.77.0.1", "-H", "Tell: target", "--path-as-is"];

        foreach (var (path, seen) in new[]
        {
            ("/@scope%2fname?q=%2F%25&r=a+b", "pages /@scope%2fname?q=%2F%25&r=a+b"),
            ("/x/..%2fadmin", "pages /x/..%2fadmin"),
            ("/a%252fb%20c%C3%A9", "pages /a%252fb%20c%C3%A9"),
            ("/a//b/(1);v=2,3'%7e~", "pages /a//b/(1);v=2,3'%7e~"),
            ("/x/../api/y", "api /api/y"),
            ("/api/%2e%2E/y%2fz", "pages /y%2fz"),
            ("/api%2fy", "pages /api%2fy"), // A slash that is encoded ends no segment of a route's path.
        })
            Assert.Equal(seen, await CurlAsync(outside, [.. ask, $"http://{Shop}{path}"]));
        Assert.Equal("pages /api%2fy", await CurlAsync(
            outside, [.. ask, "--request-target", $"http://{Shop}/api%2fy", $"http://{Shop}/"]));
        Assert.Equal("pages /", await CurlAsync(
            outside, [.. ask, "-X", "OPTIONS", "--request-target", "*", $"http://{Shop}/"]));
    }

    [RootFact]
    public async Task A_name_with_a_dot_is_the_same_and_no_header_of_a_clients_reads_like_the_proxys()
    {
        await using var cluster = await StartAsync(new IngressRoute("s1", Shop, "/", 80, "", []));
        await using var outside = Outside(cluster);
        await using var pages = await ServeAsync(cluster["web.1.a"].Namespace, 80, "pages");
        string[] ask = ["--resolve", $"{Shop}:80:10.77.0.1"];

        var dotted = await CurlAsync(outside, [.. ask, "-H", $"Host: {Shop}.", $"http://{Shop}/"]);
        var headers = await CurlAsync(outside,
        [
            .. ask, "-H", "Tell: headers", "-H", "X_Forwarded_For: 6.6.6.6", "-H", "x-forwarded_proto: https",
            "-H", "X_Forwarded_Host: evil", "-H", "X_Real_IP: 6.6.6.6", "-H", "X_Mine: 1", $"http://{Shop}/",
        ]);
        var real = await CurlAsync(outside, [.. ask, "-H", "Tell: real", "-H", "X-Real-IP: 6.6.6.6", $"http://{Shop}/"]);

        Assert.StartsWith($"pages GET / host={Shop} xff=", dotted, StringComparison.Ordinal);
        Assert.Equal("Accept,Forwarded,Host,Tell,User-Agent,X-Forwarded-For,X-Forwarded-Host,X-Forwarded-Proto,X-Real-IP,X_Mine", headers);
        Assert.Equal(Client, real);
    }

    [RootFact]
    public async Task A_certificate_is_chosen_by_name_HTTP_2_is_spoken_and_a_new_certificate_needs_no_new_start()
    {
        await using var cluster = await StartAsync(
            new IngressRoute("s1", Shop, "/", 80, "shop", []), new IngressRoute("s1", "*.other.example", "/", 80, "other", []));
        await using var outside = Outside(cluster);
        await using var pages = await ServeAsync(cluster["web.1.a"].Namespace, 80, "pages");
        using var shop = new TestCertificate(Shop);
        using var other = new TestCertificate("*.other.example");
        await CertifyAsync(cluster, ("shop", shop), ("other", other));
        var at = new[] { "--resolve", $"{Shop}:443:10.77.0.1", "--resolve", "www.other.example:443:10.77.0.1", "--resolve", $"{Shop}:80:10.77.0.1" };

        var second = await CurlAsync(outside, [.. at, "--http2", "--cacert", shop.File, "-w", " over %{http_version}", $"https://{Shop}/"]);
        Assert.Contains($"xff={Client} forwarded=for={Client};host={Shop};proto=https", second, StringComparison.Ordinal);
        Assert.EndsWith(" over 2", second, StringComparison.Ordinal);
        Assert.EndsWith(" over 1.1", await CurlAsync(
            outside, [.. at, "--http1.1", "--cacert", other.File, "-w", " over %{http_version}", "https://www.other.example/"]), StringComparison.Ordinal);
        Assert.Equal("60", await ExitCodeAsync(outside, [.. at, "--cacert", other.File, $"https://{Shop}/"]));
        Assert.Equal("35", await ExitCodeAsync(outside, ["-k", "https://10.77.0.1/"]));
        Assert.Equal($"308 https://{Shop}/a?b", await CurlAsync(
            outside, [.. at, "-o", "/dev/null", "-w", "%{http_code} %{redirect_url}", "-d", "x", $"http://{Shop}/a?b"]));

        var connections = 0;
        using var kept = Keep(outside, () => connections++);
        await kept.GetStringAsync($"https://{Shop}/");
        using var renewed = new TestCertificate(Shop);
        await CertifyAsync(cluster, ("shop", renewed), ("other", other));
        Assert.StartsWith("pages GET /later ", await kept.GetStringAsync($"https://{Shop}/later"), StringComparison.Ordinal);
        Assert.Equal(1, connections);
        Assert.Equal("60", await ExitCodeAsync(outside, [.. at, "--cacert", shop.File, $"https://{Shop}/"]));
        Assert.Equal("0", await ExitCodeAsync(outside, [.. at, "--cacert", renewed.File, $"https://{Shop}/"]));
    }

    [RootFact]
    public async Task A_WebSocket_goes_through_and_outlives_the_daemon_and_a_change_of_routes()
    {
        await using var cluster = await StartAsync(new IngressRoute("s1", Shop, "/", 80, "", []));
        await using var outside = Outside(cluster);
        await using var pages = await ServeAsync(cluster["web.1.a"].Namespace, 80, "pages");
        using var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, _) => new NetworkStream(
                await Wire.ConnectAsync(outside.Namespace, "10.77.0.1", 80), ownsSocket: true),
        };
        using var invoker = new HttpMessageInvoker(handler);
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"ws://{Shop}/socket"), invoker, default);
        Assert.Equal("one", await EchoAsync(socket, "one"));

        await cluster.Hosts[0].RestartDaemonAsync();
        cluster.Routes = cluster.Routes.Add(new IngressRoute("s1", "new.example", "/", 80, "", []));
        await cluster.ApplyAsync();

        Assert.Equal("two", await EchoAsync(socket, "two"));
        Assert.StartsWith("pages GET / ", await CurlAsync(
            outside, "--resolve", "new.example:80:10.77.0.1", "http://new.example/"), StringComparison.Ordinal);
    }

    [RootFact]
    public async Task Without_a_ready_task_a_route_says_503_and_with_one_elsewhere_it_leads_there()
    {
        await using var cluster = await StartAsync(new IngressRoute("s1", "", "/", 80, "", []));
        await using var outside = Outside(cluster);
        await using var pages = await ServeAsync(cluster["web.1.a"].Namespace, 80, "pages");
        Assert.Equal("200", await CodeAsync(outside, "http://10.77.0.2/"));

        cluster.SetReady("web.1.a", false);
        await cluster.ApplyAsync();
        Assert.Equal("503", await CodeAsync(outside, "http://10.77.0.2/"));

        cluster.Routes = [];
        await cluster.ApplyAsync();
        // Nobody waits for a program that has nothing left to do.
        await Eventually.HoldsAsync(
            "port 80 closed", TimeSpan.FromSeconds(10), () => ExitCodeAsync(outside, ["http://10.77.0.2/"]), code => code == "7");
    }

    [RootFact]
    public async Task Tasks_that_want_HTTP_2_without_TLS_are_spoken_to_by_it_and_one_that_refuses_is_passed_over()
    {
        await using var cluster = await StartAsync(
            new IngressRoute("s1", Shop, "/", 80, "", []) { IsHttp2 = true }, new IngressRoute("s1", "", "/", 81, "", []));
        await cluster.PlaceAsync(("web.2.b", "10.0.0.6", 0));
        await using var outside = Outside(cluster);
        await using var pages = await ServeAsync(cluster["web.1.a"].Namespace, 80, "h2c", isHttp2: true);
        await using var more = await ServeAsync(cluster["web.2.b"].Namespace, 80, "h2c", isHttp2: true);
        await using var one = await ServeAsync(cluster["web.1.a"].Namespace, 81, "one"); // And nobody at the other's.

        var answer = await CurlAsync(outside, "--resolve", $"{Shop}:80:10.77.0.1", "-d", "x", $"http://{Shop}/a");
        for (var i = 0; i < 8; i++)
            Assert.StartsWith("one POST /b ", await CurlAsync(outside, "-d", "x", "http://10.77.0.1/b"), StringComparison.Ordinal);

        Assert.StartsWith("h2c POST /a ", answer, StringComparison.Ordinal);
        Assert.EndsWith(" HTTP/2", answer, StringComparison.Ordinal);
    }

    private static async Task<TwoHosts> StartAsync(params IngressRoute[] routes)
    {
        var cluster = await TwoHosts.StartAsync(TwoHosts.Mesh);
        cluster.Published = [];
        cluster.Routes = [.. routes];
        await cluster.PlaceAsync(("web.1.a", "10.0.0.5", 1));
        return cluster;
    }

    private static TestHost Outside(TwoHosts cluster)
    {
        var outside = new TestHost();
        cluster.Wire.Add(outside.Namespace, Client);
        return outside;
    }

    /// <summary>A client that stays connected.</summary>
    private static HttpClient Keep(TestHost outside, Action connected) => new(new SocketsHttpHandler
    {
        SslOptions = new() { RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null },
        ConnectCallback = async (_, _) =>
        {
            connected();
            return new NetworkStream(await Wire.ConnectAsync(outside.Namespace, "10.77.0.1", 443), ownsSocket: true);
        },
    });

    private static async Task CertifyAsync(TwoHosts cluster, params (string Name, TestCertificate Certificate)[] all)
    {
        cluster.Certificates = all.ToImmutableSortedDictionary(a => a.Name, a => a.Certificate.Pem);
        await cluster.ApplyAsync();
        Assert.Empty(cluster.Faults);
    }

    /// <summary>A task's program: tells what it was asked and by whom; echoes on WebSockets.</summary>
    private static async Task<WebApplication> ServeAsync(NetNamespace ns, int port, string name, bool isHttp2 = false)
    {
        var listener = ns.Run(() =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Any, port));
            socket.Listen();
            return socket;
        });
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(k => k.ListenHandle(
            (ulong)listener.Handle, l => l.Protocols = isHttp2 ? HttpProtocols.Http2 : HttpProtocols.Http1));
        var application = builder.Build();
        application.UseWebSockets();
        application.Run(context => context.WebSockets.IsWebSocketRequest
            ? EchoAsync(context) : context.Response.WriteAsync(Describe(context.Request, name)));
        await application.StartAsync();
        return application;
    }

    private static string Describe(HttpRequest request, string name) => request.Headers["Tell"] == "target"
        ? $"{name} {request.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget}"
        : request.Headers["Tell"] == "headers" ? string.Join(',', request.Headers.Keys.Order(StringComparer.Ordinal))
        : request.Headers["Tell"] == "real" ? $"{request.Headers["X-Real-IP"]}"
        : $"{name} {request.Method} {request.Path}{request.QueryString} host={request.Host} "
        + $"xff={request.Headers["X-Forwarded-For"]} forwarded={request.Headers["Forwarded"]} {request.Protocol}";

    private static async Task EchoAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var buffer = new byte[64];
        while (await socket.ReceiveAsync(buffer, default) is { MessageType: not WebSocketMessageType.Close } received)
            await socket.SendAsync(buffer.AsMemory(0, received.Count), WebSocketMessageType.Text, true, default);
    }

    private static async Task<string> EchoAsync(ClientWebSocket socket, string text)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await socket.SendAsync(System.Text.Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, patience.Token);
        var buffer = new byte[64];
        var received = await socket.ReceiveAsync(buffer, patience.Token);
        return System.Text.Encoding.UTF8.GetString(buffer, 0, received.Count);
    }

    private static Task<string> CodeAsync(TestHost client, string url) =>
        CurlAsync(client, "-o", "/dev/null", "-w", "%{http_code}", url);

    private static async Task<string> ExitCodeAsync(TestHost client, string[] arguments) =>
        (await RunAsync(client, ["-o", "/dev/null", .. arguments])).Code.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static async Task<string> CurlAsync(TestHost client, params string[] arguments) =>
        (await RunAsync(client, arguments)).Output;

    /// <summary>Debian's curl, in the client's namespace.</summary>
    private static async Task<(int Code, string Output)> RunAsync(TestHost client, string[] arguments)
    {
        var start = new ProcessStartInfo("curl", ["-s", "--noproxy", "*", "--max-time", "10", .. arguments])
        {
            RedirectStandardOutput = true,
        };
        using var process = client.Namespace.Run(() => Process.Start(start))!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output);
    }

    /// <summary>A certificate that signs itself.</summary>
    private sealed class TestCertificate : IDisposable
    {
        public TestCertificate(string name)
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName(name);
            request.CertificateExtensions.Add(names.Build());
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
            using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
            Pem = certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem() + "\n";
            System.IO.File.WriteAllText(File, certificate.ExportCertificatePem());
        }

        public string Pem { get; }

        public string File { get; } = Path.Combine(Path.GetTempPath(), $"orch-ca-{Guid.NewGuid():N}.pem");

        public void Dispose() => System.IO.File.Delete(File);
    }
}
