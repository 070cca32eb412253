using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Text;

namespace Orchestrator.NetHelper;

/// <summary><c>orch-net tls ADDRESS:PORT …</c>: what a shim writes to descriptor 0 goes to a server over TLS.</summary>
/// <remarks>The first line it says there is <c>ok</c>, once the server has shown who it is, or what is wrong. It ends when
/// either side does: the shim then finds its socket closed, and begins anew.</remarks>
internal static class TlsRelay
{
    private const int BufferBytes = 64 << 10;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static async Task<int> RunAsync(string[] arguments)
    {
        using var shim = new Socket(new SafeSocketHandle(0, ownsHandle: true));
        try
        {
            var options = TlsRelayOptions.Parse(arguments);
            using var server = new Socket(options.Server.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            await using var secure = await ConnectAsync(server, options);
            await SayAsync(shim, "ok");
            var (all, end) = (PumpAsync(shim, secure), AwaitEndAsync(secure));
            if (await Task.WhenAny(all, end) == end)
                return 0;
            await all;
            // Closed while the server still reads, the connection would be reset, and what is on its way lost.
            server.Shutdown(SocketShutdown.Send);
            await end.WaitAsync(Patience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return 0;
        }
        catch (Exception e) when (e is IOException or SocketException or AuthenticationException or CryptographicException
            or OperationCanceledException or ArgumentException)
        {
            await SayAsync(shim, Reason(e));
            return 1;
        }
    }

    private static async Task<SslStream> ConnectAsync(Socket server, TlsRelayOptions options)
    {
        using var patience = new CancellationTokenSource(Patience);
        await server.ConnectAsync(options.Server, patience.Token);
        var secure = new SslStream(new NetworkStream(server, ownsSocket: false));
        await secure.AuthenticateAsClientAsync(options.ToClient(), patience.Token);
        return secure;
    }

    private static async Task PumpAsync(Socket shim, SslStream secure)
    {
        var buffer = new byte[BufferBytes];
        while (await shim.ReceiveAsync(buffer) is > 0 and var count)
            await secure.WriteAsync(buffer.AsMemory(0, count));
        await secure.ShutdownAsync();
    }

    /// <summary>A log server says nothing; that it has gone is all there is to hear.</summary>
    private static async Task AwaitEndAsync(SslStream secure)
    {
        var buffer = new byte[256];
        while (await secure.ReadAsync(buffer) > 0)
        {
        }
    }

    private static string Reason(Exception e) => e switch
    {
        OperationCanceledException => $"no answer within {Patience.TotalSeconds} s",
        AuthenticationException { InnerException: { } inner } => $"tls: {inner.Message}",
        AuthenticationException => $"tls: {e.Message}",
        _ => e.Message,
    };

    private static async Task SayAsync(Socket shim, string text)
    {
        try
        {
            await shim.SendAsync(Encoding.UTF8.GetBytes(text.ReplaceLineEndings(" ") + "\n"));
        }
        catch (SocketException)
        {
            // The shim has gone meanwhile.
        }
    }
}
