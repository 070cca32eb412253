using System.Net;
using System.Net.Sockets;
using Orchestrator.Network.Proxying;

namespace Orchestrator.Ingress.Relaying;

/// <summary>A client and the task it is led to: what one says the other hears, until both have said all.</summary>
internal sealed class RelayedConnection(Socket client)
{
    private const int BufferBytes = 64 << 10;

    private readonly CancellationTokenSource end = new();

    /// <summary><c>address:port</c> of the task; empty: none yet.</summary>
    public string Backend { get; private set; } = "";

    public bool HasEnded { get; private set; }

    /// <summary>Ends it so that the client hears of it at once.</summary>
    public void Reset()
    {
        try
        {
            end.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It ended by itself.
        }
    }

    public async Task RunAsync(ProxyRelay? relay, CancellationToken stop)
    {
        await Task.Yield(); // The next client waits for nothing of this one.
        using var either = CancellationTokenSource.CreateLinkedTokenSource(end.Token, stop);
        try
        {
            client.NoDelay = true;
            // More patient than with tasks, for a client's way may be interrupted; and without a limit to what it has not
            // taken yet, for it may pause.
            Vanished.Notice(client, idle: TimeSpan.FromSeconds(30), between: TimeSpan.FromSeconds(10), tries: 6);
            using var task = await ConnectAsync(relay, either.Token);
            if (task is not null)
            {
                await task.SendAsync(
                    ProxyHeader.Write((IPEndPoint)client.RemoteEndPoint!, (IPEndPoint)client.LocalEndPoint!), either.Token);
                await Task.WhenAll(PumpAsync(client, task, either), PumpAsync(task, client, either));
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            client.LingerState = new LingerOption(true, 0); // A reset, not an end that looks regular.
        }
        finally
        {
            client.Dispose();
            HasEnded = true;
            end.Dispose();
        }
    }

    private async Task<Socket?> ConnectAsync(ProxyRelay? relay, CancellationToken cancellationToken)
    {
        if (relay is not null && client.RemoteEndPoint is IPEndPoint { Address: var address })
        {
            foreach (var backend in BackendChoice.Order(
                relay.Backends, static b => b, address, relay.IsSticky, Random.Shared.Next()))
            {
                try
                {
                    var task = await Upstream.ConnectAsync(IPEndPoint.Parse(backend), cancellationToken);
                    Backend = backend;
                    return task;
                }
                catch (Exception e) when (e is SocketException or OperationCanceledException
                    && !cancellationToken.IsCancellationRequested)
                {
                    // It has just gone; nothing was said yet, so that another may do.
                }
            }
        }

        client.LingerState = new LingerOption(true, 0);
        return null;
    }

    private static async Task PumpAsync(Socket from, Socket to, CancellationTokenSource either)
    {
        var buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            while (await from.ReceiveAsync(buffer.AsMemory(), either.Token) is > 0 and var count)
            {
                for (var sent = 0; sent < count;)
                    sent += await to.SendAsync(buffer.AsMemory(sent, count - sent), either.Token);
            }

            to.Shutdown(SocketShutdown.Send); // The other direction may go on.
        }
        catch (SocketException)
        {
            await either.CancelAsync(); // One side is gone: the other is to know.
            throw;
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
