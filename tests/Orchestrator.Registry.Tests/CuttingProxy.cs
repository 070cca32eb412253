using System.Net.Sockets;
using Orchestrator.Testing;

namespace Orchestrator.Registry.Tests;

/// <summary>Stands before a server and cuts the connection once so many bytes have gone to it.</summary>
internal sealed class CuttingProxy : IAsyncDisposable
{
    private readonly HeldPort port = new();
    private readonly TcpListener listener;
    private readonly CancellationTokenSource stop = new();
    private readonly Uri server;
    private readonly Queue<long> cuts = new();
    private readonly object gate = new();
    private readonly Task running;

    public CuttingProxy(Uri server)
    {
        this.server = server;
        listener = new TcpListener(port.EndPoint);
        listener.Start();
        Host = port.EndPoint.ToString();
        running = RunAsync();
    }

    public string Host { get; }

    /// <summary>What has gone to the server, requests' heads and all.</summary>
    public long Sent { get; private set; }

    public int CutsLeft => cuts.Count;

    /// <summary>After the first cut nobody answers any more.</summary>
    public bool DiesAtCut { get; init; }

    /// <param name="offsets">Ascending; counted over all connections.</param>
    public void CutAt(params IEnumerable<long> offsets)
    {
        lock (gate)
        {
            foreach (var offset in offsets)
                cuts.Enqueue(offset);
        }
    }

    private async Task RunAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
                connections.Add(CarryAsync(await listener.AcceptTcpClientAsync(stop.Token)));
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task CarryAsync(TcpClient accepted)
    {
        using var client = accepted;
        using var behind = new TcpClient();
        await behind.ConnectAsync(server.Host, server.Port);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
        var there = SendAsync(client, behind, either.Token);
        var back = behind.GetStream().CopyToAsync(client.GetStream(), either.Token);
        await Task.WhenAny(there, back);
        await either.CancelAsync();
        await Task.WhenAll(Quietly(there), Quietly(back));
    }

    /// <summary>The server gets all that came before the cut; the client learns nothing of it.</summary>
    private async Task SendAsync(TcpClient client, TcpClient behind, CancellationToken cancellationToken)
    {
        var buffer = new byte[16 * 1024];
        while (await client.GetStream().ReadAsync(buffer, cancellationToken) is > 0 and var read)
        {
            var (taken, cut) = Take(read);
            await behind.GetStream().WriteAsync(buffer.AsMemory(0, taken), cancellationToken);
            if (!cut)
                continue;
            if (DiesAtCut)
                listener.Stop();
            client.Client.Close(0);
            return;
        }
    }

    private (int Taken, bool Cut) Take(int read)
    {
        lock (gate)
        {
            var cut = cuts.TryPeek(out var at) && Sent + read > at;
            var taken = cut ? (int)Math.Max(0, cuts.Dequeue() - Sent) : read;
            Sent += taken;
            return (taken, cut);
        }
    }

    private static async Task Quietly(Task task)
    {
        try
        {
            await task;
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or ObjectDisposedException
            or SocketException)
        {
            // Cut, or over.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running;
        listener.Dispose();
        port.Dispose();
        stop.Dispose();
    }
}
