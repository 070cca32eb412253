using Orchestrator.Raft;

namespace Orchestrator.Store.Transport;

/// <summary>
/// Carries messages to other members. Loss is legal, blocking is not: the caller is the log's one thread.
/// </summary>
public interface ITransport : IAsyncDisposable
{
    /// <summary>Begins to carry; called once, before anything else.</summary>
    void Start(TransportIdentity self, ITransportSink sink);

    /// <summary>A member said where it lives now: good until the membership says so too.</summary>
    void Announce(ulong peer, string address);

    /// <summary>Where the members are dialled. Links to others end.</summary>
    void SetMembers(IReadOnlyList<LogMember> members);

    /// <summary>
    /// Queues a message. When the queue is full it is dropped and <see cref="ITransportSink.Unreachable"/> told.
    /// </summary>
    void Send(Message message);

    /// <summary>Asks a member for its newest snapshot.</summary>
    /// <param name="peer">Whom.</param>
    /// <param name="index">The least that helps.</param>
    /// <param name="save">
    /// Runs once with what the snapshot covers and its content; reading throws if it arrives damaged or not whole.
    /// </param>
    /// <param name="cancellationToken">Gives up.</param>
    Task FetchSnapshotAsync(
        ulong peer, ulong index, Action<SnapshotMeta, Stream> save, CancellationToken cancellationToken);
}

/// <summary>Who speaks.</summary>
public sealed record TransportIdentity(string ClusterId, ulong RaftId, string Address);

/// <summary>Where a transport hands in what it receives. Any thread may call.</summary>
public interface ITransportSink
{
    TransportIdentity Self { get; }

    void Receive(Message message);

    /// <summary>What was queued for a peer is lost.</summary>
    void Unreachable(ulong peer);

    /// <summary>A member says where it can be dialled now.</summary>
    void Announced(ulong peer, string address);

    /// <summary>The newest snapshot here; null if there is none. The caller disposes the stream.</summary>
    (SnapshotMeta Meta, Stream Content)? OpenSnapshot();
}
