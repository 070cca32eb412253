using System.Collections.Concurrent;
using Orchestrator.Raft;
using Orchestrator.Store.Transport;

namespace Orchestrator.Store.Tests.Host;

/// <summary>Members of one process talk through this; links can be cut.</summary>
internal sealed class InProcessNetwork
{
    private readonly ConcurrentDictionary<ulong, ITransportSink> sinks = [];
    private readonly ConcurrentDictionary<ulong, bool> isolated = [];

    public ITransport NewTransport() => new Link(this);

    public void Isolate(ulong id) => isolated[id] = true;

    public void Heal() => isolated.Clear();

    private bool Connected(ulong a, ulong b) => !isolated.ContainsKey(a) && !isolated.ContainsKey(b);

    private sealed class Link(InProcessNetwork network) : ITransport
    {
        private TransportIdentity? self;

        public void Start(TransportIdentity self, ITransportSink sink)
        {
            this.self = self;
            network.sinks[self.RaftId] = sink;
        }

        public void Announce(ulong peer, string address)
        {
        }

        public void SetMembers(IReadOnlyList<LogMember> members)
        {
        }

        public void Send(Message message)
        {
            if (network.Connected(message.From, message.To) && network.sinks.TryGetValue(message.To, out var sink))
                sink.Receive(message);
        }

        public Task FetchSnapshotAsync(
            ulong peer, ulong index, Action<SnapshotMeta, Stream> save, CancellationToken cancellationToken)
        {
            if (!network.Connected(peer, self!.RaftId) || network.sinks[peer].OpenSnapshot() is not var (meta, content))
                return Task.FromException(new IOException("no snapshot to be had"));
            using (content)
                save(meta, content);
            return Task.CompletedTask;
        }

        public ValueTask DisposeAsync()
        {
            if (self is not null)
                network.sinks.TryRemove(self.RaftId, out _);
            return ValueTask.CompletedTask;
        }
    }
}
