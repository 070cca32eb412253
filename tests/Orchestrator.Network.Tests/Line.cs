using System.Net;
using System.Net.Sockets;
using Orchestrator.Linux.Netlink;

namespace Orchestrator.Network.Tests;

/// <summary>A TCP connection between two namespaces that stays open.</summary>
internal sealed class Line : IDisposable
{
    private readonly Socket caller;
    private readonly Socket called;

    private Line(Socket caller, Socket called) => (this.caller, this.called) = (caller, called);

    public static async Task<Line> OpenAsync(NetNamespace from, NetNamespace to, string address, int port)
    {
        using var listener = to.Run(NewSocket);
        listener.Bind(new IPEndPoint(IPAddress.Any, port));
        listener.Listen();
        var caller = from.Run(NewSocket);
        await caller.ConnectAsync(IPEndPoint.Parse($"{address}:{port}"));
        return new Line(caller, await listener.AcceptAsync());
    }

    /// <summary>What was cut off for a while is sent again only after about as long.</summary>
    public static TimeSpan Long { get; } = TimeSpan.FromSeconds(20);

    /// <returns>Does a byte come through within a second, or the time given?</returns>
    public async Task<bool> CarriesAsync(TimeSpan? wait = null)
    {
        using var patience = new CancellationTokenSource(wait ?? TimeSpan.FromSeconds(1));
        try
        {
            await caller.SendAsync(new byte[1]);
            return await called.ReceiveAsync(new byte[1], patience.Token) == 1;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    public void Dispose()
    {
        caller.Dispose();
        called.Dispose();
    }

    private static Socket NewSocket() => new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
}
