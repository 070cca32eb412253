using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Orchestrator.Linux.Netlink;
using Orchestrator.Linux.Nftables;
using Orchestrator.Network.Dns;
using Orchestrator.Network.Helper;

namespace Orchestrator.NetHelper;

/// <summary>Answers one container's questions on 127.0.0.11, by UDP and TCP, from sockets inside its
/// namespace.</summary>
/// <remarks>
/// The sockets have ports of the kernel's choice and rules lead port 53 of that address to them, so that the container
/// may run a name server of its own on port 53.
/// </remarks>
internal sealed class SandboxResolver : IAsyncDisposable
{
    private const int MaxUdpQuery = 4096;

    /// <summary>At once, of one container: its file descriptors are all containers'.</summary>
    private const int MaxConnections = 128;
    private static readonly IPAddress Address = IPAddress.Parse("127.0.0.11");
    private static readonly TimeSpan TcpPatience = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource stop = new();
    private readonly NetNamespace ns;
    private readonly NameTables tables;
    private readonly Forwarder forwarder;
    private readonly FirstCall firstCall;
    private readonly Socket udp;
    private readonly Socket tcp;
    private readonly Task work;
    private ResolverConfig config;
    private int connections;

    private SandboxResolver(
        ResolverConfig config, NameTables tables, Callers callers, NetNamespace ns, Socket udp, Socket tcp)
    {
        (this.config, this.tables, this.ns, this.udp, this.tcp) = (config, tables, ns, udp, tcp);
        firstCall = new FirstCall(config.ContainerId, ns, callers);
        forwarder = new Forwarder(ns);
        work = Task.WhenAll(ServeUdpAsync(), ServeTcpAsync());
    }

    public static SandboxResolver Start(ResolverConfig config, NameTables tables, Callers callers)
    {
        var ns = NetNamespace.Open(config.NamespacePath);
        var (udp, tcp) = ns.Run(() => (Listen(SocketType.Dgram), Listen(SocketType.Stream)));
        Nft.Apply(ns, Rules(Port(udp), Port(tcp)));
        return new SandboxResolver(config, tables, callers, ns, udp, tcp);
    }

    /// <summary>Puts back the rules that lead questions here.</summary>
    public void Restate() => Nft.Apply(ns, Rules(Port(udp), Port(tcp)));

    /// <summary>Follows a change of networks or upstreams. False: it is about another namespace.</summary>
    public bool TryChange(ResolverConfig changed)
    {
        if (changed.NamespacePath != config.NamespacePath)
            return false;
        config = changed;
        return true;
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        udp.Dispose();
        tcp.Dispose();
        await work;
        forwarder.Dispose();
        ns.Dispose();
        stop.Dispose();
    }

    private static Socket Listen(SocketType type)
    {
        var socket = new Socket(AddressFamily.InterNetwork, type,
            type == SocketType.Dgram ? ProtocolType.Udp : ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(Address, 0));
        if (type == SocketType.Stream)
            socket.Listen();
        return socket;
    }

    private static int Port(Socket socket) => ((IPEndPoint)socket.LocalEndPoint!).Port;

    /// <remarks>
    /// Ports are rewritten packet by packet: translation with state would switch tracking on in the namespace, and the
    /// first to do that waits some thirty milliseconds. It is done where the loopback link receives, so that packets of
    /// other links never come by here.
    /// </remarks>
    private static string Rules(int udpPort, int tcpPort) => $$"""
        table ip {{ResolverConfig.TableName}}
        delete table ip {{ResolverConfig.TableName}}
        table netdev {{ResolverConfig.TableName}}
        delete table netdev {{ResolverConfig.TableName}}
        table netdev {{ResolverConfig.TableName}} {
          chain loopback {
            type filter hook ingress device "lo" priority 0; policy accept;
            ip daddr {{Address}} udp dport 53 udp dport set {{udpPort}}
            ip daddr {{Address}} tcp dport 53 tcp dport set {{tcpPort}}
            ip saddr {{Address}} udp sport {{udpPort}} udp sport set 53
            ip saddr {{Address}} tcp sport {{tcpPort}} tcp sport set 53
          }
        }

        """;

    private async Task ServeUdpAsync()
    {
        var buffer = new byte[MaxUdpQuery];
        var asker = new SocketAddress(AddressFamily.InterNetwork);
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var length = await udp.ReceiveFromAsync(buffer, SocketFlags.None, asker, stop.Token);
                if (DnsCodec.ReadQuery(buffer.AsSpan(0, length)) is not { } query)
                    continue;
                if ((Answer(query, query.PayloadSize) ?? forwarder.FindNothing(query, query.PayloadSize)) is { } answer)
                    await udp.SendToAsync(answer, SocketFlags.None, asker, stop.Token);
                else
                    forwarder.Start(buffer[..length], query, config, Copy(asker), udp, stop.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                // An asker that went away before its answer; the next one is served.
            }
        }
    }

    private async Task ServeTcpAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var connection = await tcp.AcceptAsync(stop.Token);
                if (Volatile.Read(ref connections) >= MaxConnections)
                    connection.Dispose();
                else
                    forwarder.Track(ServeConnectionAsync(connection));
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                // A connection that ended before it was taken.
            }
        }
    }

    private async Task ServeConnectionAsync(Socket connection)
    {
        Interlocked.Increment(ref connections); // Before anything is waited for, so the caller counts it.
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
        await using var stream = new NetworkStream(connection, ownsSocket: true);
        try
        {
            var header = new byte[2];
            while (true)
            {
                patience.CancelAfter(TcpPatience);
                await stream.ReadExactlyAsync(header, patience.Token);
                var message = new byte[BinaryPrimitives.ReadUInt16BigEndian(header)];
                await stream.ReadExactlyAsync(message, patience.Token);
                if (DnsCodec.ReadQuery(message) is not { } query)
                    return;
                var answer = Answer(query, ushort.MaxValue) ?? forwarder.FindNothing(query, ushort.MaxValue)
                    ?? await forwarder.AskByTcpAsync(message, query, config, patience.Token);
                await stream.WriteAsync(Prefixed(answer), patience.Token);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or SocketException)
        {
            // Closed, silent for too long, or we are stopping.
        }
        finally
        {
            Interlocked.Decrement(ref connections);
        }
    }

    private byte[]? Answer(DnsQuery query, int limit)
    {
        var known = tables.Of(config.Networks);
        var resolution = Resolver.Resolve(query, known, config.Links);
        if (resolution is null)
            return null;
        firstCall.Prepare(resolution.Records, known);
        var records = resolution.Records.ToArray();
        Random.Shared.Shuffle(records); // Clients take the first: this is what spreads them over a name's addresses.
        return DnsCodec.WriteAnswer(query, resolution.Code, records, limit);
    }

    private static byte[] Prefixed(byte[] message) => [(byte)(message.Length >> 8), (byte)message.Length, .. message];

    private static SocketAddress Copy(SocketAddress address)
    {
        var copy = new SocketAddress(address.Family, address.Size);
        address.Buffer.Span[..address.Size].CopyTo(copy.Buffer.Span);
        return copy;
    }
}
