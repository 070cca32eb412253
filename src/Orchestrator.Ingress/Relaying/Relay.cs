using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Orchestrator.Network.Proxying;

namespace Orchestrator.Ingress.Relaying;

/// <summary>One port: each connection goes on to a task, and begins with who the client is.</summary>
internal sealed class Relay : IAsyncDisposable
{
    private readonly Socket listener;
    private readonly SemaphoreSlim room;
    private readonly ConcurrentDictionary<RelayedConnection, Task> connections = new();
    private readonly CancellationTokenSource stop = new();
    private readonly Task accepting;
    private volatile ProxyRelay? wanted;

    private Relay(Socket listener, SemaphoreSlim room)
    {
        (this.listener, this.room) = (listener, room);
        accepting = AcceptAsync();
    }

    /// <summary>No more connections are taken; those that are there may still go on.</summary>
    public bool IsClosed { get; private set; }

    /// <param name="room">Places for connections, which relays share.</param>
    /// <exception cref="SocketException">The port is somebody else's.</exception>
    public static Relay Listen(int port, SemaphoreSlim room)
    {
        var any = Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any;
        var socket = new Socket(any.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (any.AddressFamily == AddressFamily.InterNetworkV6)
                socket.DualMode = true;
            socket.Bind(new IPEndPoint(any, port));
            socket.Listen();
            return new Relay(socket, room);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Leads new connections to these tasks, and resets those to tasks that are no more.</summary>
    public void Serve(ProxyRelay relay)
    {
        wanted = relay;
        var alive = relay.Backends.Concat(relay.Draining).ToHashSet(StringComparer.Ordinal);
        foreach (var connection in connections.Keys.Where(c => c.Backend.Length > 0 && !alive.Contains(c.Backend)))
            connection.Reset();
    }

    /// <returns>Nobody is left that it serves.</returns>
    public bool Close()
    {
        IsClosed = true;
        listener.Dispose();
        return connections.IsEmpty;
    }

    public async ValueTask DisposeAsync()
    {
        Close();
        await stop.CancelAsync();
        await accepting;
        await Task.WhenAll(connections.Values);
        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!IsClosed)
        {
            try
            {
                var connection = new RelayedConnection(await TakeAsync());
                connections[connection] = ServeAsync(connection);
                if (connection.HasEnded)
                    connections.TryRemove(connection, out _); // Before it was put there.
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
            {
                if (IsClosed || stop.IsCancellationRequested)
                    return;
                await Task.Delay(20); // Out of descriptors, or a client that left at once.
            }
        }
    }

    /// <returns>The next client, which has a place.</returns>
    private async Task<Socket> TakeAsync()
    {
        await room.WaitAsync(stop.Token);
        try
        {
            return await listener.AcceptAsync(stop.Token);
        }
        catch
        {
            room.Release();
            throw;
        }
    }

    private async Task ServeAsync(RelayedConnection connection)
    {
        try
        {
            await connection.RunAsync(wanted, stop.Token);
        }
        finally
        {
            connections.TryRemove(connection, out _);
            room.Release();
        }
    }
}
