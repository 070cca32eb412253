using System.Collections.Concurrent;
using Grpc.Core;
using Orchestrator.Protocol.V1;
using Orchestrator.Raft;
using RaftRpc = Orchestrator.Protocol.V1.Raft;
using Task = System.Threading.Tasks.Task;

namespace Orchestrator.Store.Transport;

/// <summary>
/// Messages over gRPC: to each peer a lane for what is small and urgent and one for entries, on connections of their
/// own, so that a heartbeat never waits behind a megabyte. <see cref="RaftService"/> is the receiving side.
/// </summary>
/// <param name="dial">
/// Opens a channel to an address (<c>host:port</c>); the transport shuts it down. It should notice a dead peer within a
/// few seconds (<see cref="NewHandler"/>), or a cut that heals is noticed only when TCP tries again.
/// </param>
public sealed class GrpcTransport(Func<string, ChannelBase> dial) : ITransport
{
    private const int ControlCapacity = 1024;
    private const int DataCapacity = 256;
    private static readonly TimeSpan ChunkTimeout = TimeSpan.FromSeconds(10);
    private readonly ConcurrentDictionary<ulong, Peer> peers = [];
    private readonly ConcurrentDictionary<ulong, string> announced = [];
    private readonly Lock gate = new();
    private volatile IReadOnlyList<LogMember> members = [];
    private TransportIdentity? self;
    private ITransportSink? sink;
    private Task closing = Task.CompletedTask;
    private bool disposed;

    /// <summary>A handler as <c>dial</c> needs it: pings find a dead connection within three seconds.</summary>
    public static SocketsHttpHandler NewHandler() => new()
    {
        EnableMultipleHttp2Connections = true,
        ConnectTimeout = TimeSpan.FromSeconds(2),
        KeepAlivePingDelay = TimeSpan.FromSeconds(1),
        KeepAlivePingTimeout = TimeSpan.FromSeconds(2),
        KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
    };

    public void Start(TransportIdentity self, ITransportSink sink) => (this.self, this.sink) = (self, sink);

    public void SetMembers(IReadOnlyList<LogMember> members)
    {
        ArgumentNullException.ThrowIfNull(members);
        this.members = members;
        foreach (var gone in peers.Keys.Where(id => members.All(m => m.RaftId != id) && !announced.ContainsKey(id)))
            Close(gone);
    }

    public void Announce(ulong peer, string address) => announced[peer] = address;

    public void Send(Message message)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (FindPeer(message.To) is not { } peer)
            return;
        var lane = message.Kind is MessageKind.Append or MessageKind.AppendReply ? peer.Data : peer.Control;
        if (!lane.TrySend(message))
            sink!.Unreachable(message.To);
    }

    public async Task FetchSnapshotAsync(
        ulong peer, ulong index, Action<SnapshotMeta, Stream> save, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(save);
        var address = AddressOf(peer) ?? throw new IOException($"the address of member {peer:x} is not known");
        var channel = dial(address);
        try
        {
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            timeout.CancelAfter(ChunkTimeout);
            using var call = new RaftRpc.RaftClient(channel).FetchSnapshot(
                new FetchSnapshotRequest { ClusterId = self!.ClusterId, From = self.RaftId, Index = index },
                cancellationToken: timeout.Token);
            using var download = await SnapshotDownload.StartAsync(call.ResponseStream, timeout, ChunkTimeout);
            save(download.Meta, download);
        }
        finally
        {
            await channel.ShutdownAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        lock (gate)
            disposed = true;
        foreach (var id in peers.Keys)
        {
            if (peers.TryRemove(id, out var peer))
                await peer.DisposeAsync();
        }

        await closing;
    }

    private string? AddressOf(ulong id) =>
        announced.TryGetValue(id, out var address) ? address : members.FirstOrDefault(m => m.RaftId == id)?.Address;

    private Peer? FindPeer(ulong id)
    {
        var address = AddressOf(id);
        if (address is null)
            return null;
        if (peers.TryGetValue(id, out var peer) && peer.Address == address)
            return peer;
        lock (gate)
        {
            if (disposed)
                return null;
            Close(id);
            return peers[id] = NewPeer(id, address);
        }
    }

    private Peer NewPeer(ulong id, string address)
    {
        var hello = new RaftHello { ClusterId = self!.ClusterId, From = self.RaftId, To = id, Address = self.Address };
        return new Peer(
            address,
            new PeerLane(() => dial(address), hello, sink!, ControlCapacity),
            new PeerLane(() => dial(address), hello, sink!, DataCapacity));
    }

    private void Close(ulong id)
    {
        if (peers.TryRemove(id, out var peer))
            closing = Task.WhenAll(closing, peer.DisposeAsync().AsTask());
    }

    private sealed record Peer(string Address, PeerLane Control, PeerLane Data) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Control.DisposeAsync();
            await Data.DisposeAsync();
        }
    }
}
