using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Diagnostics;
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
/// costs a thread. A server that says nothing for a second is joined by the next one, and asked last for a while: a
/// client's own patience is five seconds.
/// </remarks>
/// <param name="maxInFlight">Questions that upstream is asked at once.</param>
internal sealed class Forwarder(NetNamespace ns, int maxInFlight = 1024) : IDisposable
{
    private const int Stock = 4;
    private const int MaxServers = 3;
    private const int Port = 53;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    private static readonly TimeSpan HeadStart = TimeSpan.FromSeconds(1);

    private readonly ServerHealth health = new(TimeProvider.System);
    private readonly NegativeCache negative = new(TimeProvider.System);
    private readonly SemaphoreSlim inFlight = new(maxInFlight, maxInFlight);
    private readonly ConcurrentDictionary<Task, byte> running = new();
    private readonly ConcurrentBag<Socket> sockets = [];

    /// <summary>Questions by datagram that may be without an answer: those upstream is asked, and three times as many
    /// that wait for it. One more is told of a failure.</summary>
    private readonly int maxWaiting = 4 * maxInFlight;

    private int waiting;

    /// <summary>Forwards without waiting; the answer goes to <paramref name="asker"/> when it comes. A container with
    /// more questions than anybody asks in earnest is told of a failure: what waits takes the memory of all.</summary>
    public void Start(
        byte[] message, DnsQuery query, ResolverConfig config, SocketAddress asker, Socket reply,
        CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref waiting) < maxWaiting)
            Track(ForwardAsync(message, query, config, asker, reply, cancellationToken));
        else
            reply.SendTo(Failure(query), SocketFlags.None, asker);
    }

    /// <summary>Keeps a task until it ends, so that disposal can wait for it.</summary>
    public void Track(Task task)
    {
        running.TryAdd(task, 0);
        task.ContinueWith(t => running.TryRemove(t, out _), TaskScheduler.Default);
    }

    /// <summary>What upstream said lately that is not there.</summary>
    /// <returns>Null: they have to be asked.</returns>
    public byte[]? FindNothing(DnsQuery query, int limit) => negative.Find(query, limit);

    public async Task<byte[]> AskByTcpAsync(
        byte[] message, DnsQuery query, ResolverConfig config, CancellationToken cancellationToken)
    {
        foreach (var (server, fromHost) in Servers(config))
        {
            using var patience = Limited(cancellationToken);
            try
            {
                using var socket = fromHost ? NewSocket(SocketType.Stream, server)
                    : ns.Run(() => NewSocket(SocketType.Stream, server));
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
        Interlocked.Increment(ref waiting); // Before anything is waited for, so the caller counts it.
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
        finally
        {
            Interlocked.Decrement(ref waiting);
        }
    }

    private async Task<byte[]> AskAsync(
        byte[] message, DnsQuery query, ResolverConfig config, CancellationToken cancellationToken)
    {
        using var end = Limited(cancellationToken);
        var servers = new Queue<(IPEndPoint, bool)>(Servers(config));
        var asked = new List<Task<byte[]?>>();
        byte[]? refusal = null;
        while (servers.Count > 0 || asked.Count > 0)
        {
            if (servers.TryDequeue(out var server))
                asked.Add(AskAsync(server, message, query, end.Token));
            var answer = await FirstAsync(asked, servers.Count > 0 ? HeadStart : Patience, end.Token);
            if (answer is not null && (DnsCode)(answer[3] & 15) is DnsCode.NoError or DnsCode.NameError)
            {
                await end.CancelAsync();
                negative.Note(query, answer);
                return answer;
            }

            refusal = answer ?? refusal; // A server in trouble; another may know better.
        }

        return refusal ?? Failure(query);
    }

    /// <summary>Waits for one of them, or until the next is to be asked as well.</summary>
    private static async Task<byte[]?> FirstAsync(
        List<Task<byte[]?>> asked, TimeSpan patience, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var waiting = Task.Delay(patience, over.Token);
        var first = await Task.WhenAny(asked.Cast<Task>().Append(waiting));
        await over.CancelAsync();
        if (first is not Task<byte[]?> answered)
            return null;
        asked.Remove(answered);
        return await answered;
    }

    /// <returns>Null: it is silent or cannot be reached, or another was quicker.</returns>
    private async Task<byte[]?> AskAsync(
        (IPEndPoint Address, bool FromHost) server, byte[] message, DnsQuery query, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(HeadStart * 2);
        var since = Stopwatch.GetTimestamp();
        try
        {
            using var socket = server.FromHost ? NewSocket(SocketType.Dgram, server.Address) : TakeSocket(server.Address);
            await socket.ConnectAsync(server.Address, patience.Token);
            await socket.SendAsync(message, patience.Token);
            var answer = await ReceiveAsync(socket, query, patience.Token);
            health.Answered(server.Address.ToString());
            return answer;
        }
        catch (Exception e) when (IsMiss(e, cancellationToken))
        {
            health.Silent(server.Address.ToString());
            return null;
        }
        catch (OperationCanceledException)
        {
            if (Stopwatch.GetElapsedTime(since) >= HeadStart) // Another had to answer in its place.
                health.Silent(server.Address.ToString());
            return null;
        }
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

    private Socket TakeSocket(IPEndPoint server)
    {
        if (server.AddressFamily == AddressFamily.InterNetworkV6)
            return ns.Run(() => NewSocket(SocketType.Dgram, server));
        if (sockets.TryTake(out var socket))
            return socket;
        return ns.Run(() =>
        {
            for (var i = 1; i < Stock; i++)
                sockets.Add(NewSocket(SocketType.Dgram, server));
            return NewSocket(SocketType.Dgram, server);
        });
    }

    private static Socket NewSocket(SocketType type, IPEndPoint server) =>
        new(server.AddressFamily, type, type == SocketType.Dgram ? ProtocolType.Udp : ProtocolType.Tcp);

    private IEnumerable<(IPEndPoint Server, bool FromHost)> Servers(ResolverConfig config)
    {
        var all = config.Servers.Select(s => (Text: s, FromHost: false))
            .Concat(config.HostServers.Select(s => (Text: s, FromHost: true)))
            .Where(s => IPAddress.TryParse(s.Text, out _)).Take(MaxServers)
            .DistinctBy(s => s.Text).ToDictionary(s => new IPEndPoint(IPAddress.Parse(s.Text), Port).ToString(), s => s);
        return health.Order(all.Keys).Select(key => (IPEndPoint.Parse(key), all[key].FromHost));
    }

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
