using System.Net;
using System.Net.Sockets;
using System.Text;
using Orchestrator.Linux.Netlink;
using Orchestrator.Network.Dns;

namespace Orchestrator.Network.Tests;

/// <summary>Programs on the net, played by sockets of this process that were opened inside namespaces.</summary>
internal static class Wire
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>Serves until disposed: tells each caller its own name and whom it saw calling.</summary>
    public static IDisposable Serve(NetNamespace ns, int port, string name)
    {
        var listener = ns.Run(() =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Any, port));
            socket.Listen(128);
            return socket;
        });
        _ = AcceptAsync(listener, name);
        return listener;
    }

    /// <returns>The server's name and the address it saw, or the error's name.</returns>
    public static async Task<string> CallAsync(NetNamespace ns, string address, int port)
    {
        using var socket = ns.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await socket.ConnectAsync(IPEndPoint.Parse($"{address}:{port}"), patience.Token);
            var buffer = new byte[256];
            var length = await socket.ReceiveAsync(buffer, patience.Token);
            return Encoding.UTF8.GetString(buffer, 0, length);
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode.ToString();
        }
        catch (OperationCanceledException)
        {
            return "Silence";
        }
    }

    /// <returns>How often each server answered.</returns>
    public static async Task<Dictionary<string, int>> CallManyAsync(NetNamespace ns, string address, int port, int times)
    {
        var answers = new Dictionary<string, int>();
        for (var i = 0; i < times; i++)
        {
            var name = (await CallAsync(ns, address, port)).Split(' ')[0];
            answers[name] = answers.GetValueOrDefault(name) + 1;
        }

        return answers;
    }

    /// <summary>Asks the resolver of a container.</summary>
    public static async Task<(DnsCode Code, string[] Values)> ResolveAsync(NetNamespace ns, string name, DnsType type = DnsType.A)
    {
        using var socket = ns.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        await socket.ConnectAsync(IPEndPoint.Parse("127.0.0.11:53"));
        await socket.SendAsync(DnsCodec.WriteQuery(77, name, type));
        using var patience = new CancellationTokenSource(Patience);
        var buffer = new byte[4096];
        var length = await socket.ReceiveAsync(buffer, patience.Token);
        var answer = DnsCodec.ReadAnswer(buffer.AsSpan(0, length))!.Value;
        return (answer.Code, [.. answer.Records.Select(r => r.Value).Order(StringComparer.Ordinal)]);
    }

    private static async Task AcceptAsync(Socket listener, string name)
    {
        try
        {
            while (true)
            {
                using var caller = await listener.AcceptAsync();
                var seen = ((IPEndPoint)caller.RemoteEndPoint!).Address;
                await caller.SendAsync(Encoding.UTF8.GetBytes($"{name} {seen}"));
            }
        }
        catch (SocketException)
        {
            // Disposed: the server is down.
        }
        catch (ObjectDisposedException)
        {
            // The same.
        }
    }
}
