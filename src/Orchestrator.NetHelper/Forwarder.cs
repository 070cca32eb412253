using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Orchestrator.Linux.Netlink;
using Orchestrator.Network.Dns;
using Orchestrator.Network.Helper;

namespace Orchestrator.NetHelper;

/// <summary>Passes questions on to upstream resolvers, from the container's namespace.</summary>
/// <remarks>
/// From there and not from the host's, so that a container without a way out cannot smuggle data out through names.
/// Each question has a socket, so a source port, of its own; they are made four at a time, for entering a namespace
/// costs a thread.
/// </remarks>
internal sealed class Forwarder(NetNamespace ns) : IDisposable
{
    private const int Stock = 4;
    private const int MaxServers = 3;
    private const int MaxInFlight = 1024;
    private const int Port = 53;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    private readonly SemaphoreSlim inFlight = new(MaxInFlight, MaxInFlight);
    private readonly ConcurrentDictionary<Task, byte> running = new();
    private readonly ConcurrentBag<Socket> sockets = [];

    /// <summary>Forwards without waiting; the answer goes to <paramref name="asker"/> when it comes.</summary>
    public void Start(
        byte[] message, DnsQuery query, ResolverConfig config, SocketAddress asker, Socket reply,
        CancellationToken cancellationToken) =>
        Track(ForwardAsync(message, query, config, asker, reply, cancellationToken));

    /// <summary>Keeps a task until it ends, so that disposal can wait for it.</summary>
    public void Track(Task task)
    {
        running.TryAdd(task, 0);
        task.ContinueWith(t => running.TryRemove(t, out _), TaskScheduler.Default);
    }

    public async Task<byte[]> AskByTcpAsync(
        byte[] message, DnsQuery query, ResolverConfig config, CancellationToken cancellationToken)
    {
        foreach (var (server, fromHost) in Servers(config))
        {
            using var patience = Limited(cancellationToken);
            try
            {
                using var socket = fromHost ? NewSocket(SocketType.Stream) : ns.Run(() => NewSocket(SocketType.Stream));
                await socket.ConnectAsync(server, patience.Token);
                await using var stream = new NetworkStream(socket);
                await stream.WriteAsync((byte[])[(byte)(message.Length >> 8), (byte)message.Length, .. message],
                    patience.Token);
                var header = new byte[2];
                await stream.ReadExactlyAsync(header, patience.Token);
                var answer = new byte[BinaryPrimitives.ReadUInt16BigEndian(header)];
                await stream.ReadExactlyAsync(answer, patience.Token);
                return answer;
            }
            catch (Exception e) when (IsMiss(e, cancellationToken))
            {
                // The next server may answer.
            }
        }

        return Failure(query);
    }

    public void Dispose()
    {
        Task.WhenAll(running.Keys).Wait(Patience); // Canceled by their owner before; this only sees them out.
        while (sockets.TryTake(out var socket))
            socket.Dispose();
        inFlight.Dispose();
    }

    private async Task ForwardAsync(
        byte[] message, DnsQuery query, ResolverConfig config, SocketAddress asker, Socket reply,
        CancellationToken cancellationToken)
    {
        try
        {
            if (!await inFlight.WaitAsync(Patience, cancellationToken))
                return;
            try
            {
                var answer = await AskAsync(message, query, config, cancellationToken);
                await reply.SendToAsync(answer, SocketFlags.None, asker, cancellationToken);
            }
            finally
            {
                inFlight.Release();
            }
        }
        catch (Exception e)
            when (e is OperationCanceledException or ObjectDisposedException or SocketException or IOException)
        {
            // The container or the resolver is gone; nobody waits for the answer.
        }
    }

    private async Task<byte[]> AskAsync(
        byte[] message, DnsQuery query, ResolverConfig config, CancellationToken cancellationToken)
    {
        byte[]? refusal = null;
        foreach (var (server, fromHost) in Servers(config))
        {
            using var patience = Limited(cancellationToken);
            try
            {
                using var socket = fromHost ? NewSocket(SocketType.Dgram) : TakeSocket();
                await socket.ConnectAsync(server, patience.Token);
                await socket.SendAsync(message, patience.Token);
                var answer = await ReceiveAsync(socket, query, patience.Token);
                if ((DnsCode)(answer[3] & 15) is DnsCode.NoError or DnsCode.NameError)
                    return answer;
                refusal = answer; // A server in trouble; another may know better.
            }
            catch (Exception e) when (IsMiss(e, cancellationToken))
            {
                // Silent or unreachable: the next one.
            }
        }

        return refusal ?? Failure(query);
    }

    private static async Task<byte[]> ReceiveAsync(Socket socket, DnsQuery query, CancellationToken cancellationToken)
    {
        var buffer = new byte[4096];
        while (true)
        {
            var length = await socket.ReceiveAsync(buffer, cancellationToken);
            if (length >= 12 && BinaryPrimitives.ReadUInt16BigEndian(buffer) == query.Id
                && DnsCodec.IsAnswerTo(buffer.AsSpan(0, length), query))
                return buffer[..length];
        }
    }

    private Socket TakeSocket()
    {
        if (sockets.TryTake(out var socket))
            return socket;
        return ns.Run(() =>
        {
            for (var i = 1; i < Stock; i++)
                sockets.Add(NewSocket(SocketType.Dgram));
            return NewSocket(SocketType.Dgram);
        });
    }

    private static Socket NewSocket(SocketType type) =>
        new(AddressFamily.InterNetwork, type, type == SocketType.Dgram ? ProtocolType.Udp : ProtocolType.Tcp);

    private static IEnumerable<(IPEndPoint Server, bool FromHost)> Servers(ResolverConfig config) =>
        config.Servers.Select(s => (s, false)).Concat(config.HostServers.Select(s => (s, true)))
            .Where(s => IPAddress.TryParse(s.s, out var a) && a.AddressFamily == AddressFamily.InterNetwork)
            .Take(MaxServers)
            .Select(s => (new IPEndPoint(IPAddress.Parse(s.s), Port), s.Item2));

    private static CancellationTokenSource Limited(CancellationToken cancellationToken)
    {
        var source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        source.CancelAfter(Patience);
        return source;
    }

    private static bool IsMiss(Exception e, CancellationToken cancellationToken) =>
        e is SocketException or IOException
            || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    private static byte[] Failure(DnsQuery query) => DnsCodec.WriteAnswer(query, DnsCode.ServerFailure, [], 512);
}
