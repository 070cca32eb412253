using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Orchestrator.Raft;
using Orchestrator.Store.Log;
using Orchestrator.Store.Transport;

namespace Orchestrator.Store.Host;

/// <summary>What a member is made of; everything it touches the world with.</summary>
/// <param name="Options">Settings; must be free of faults.</param>
/// <param name="Files">The disk.</param>
/// <param name="Transport">The wire; owned by the host from its start.</param>
/// <param name="State">What committed entries are applied to; touched by the loop thread only.</param>
/// <param name="NodeId">The node this member runs on.</param>
/// <param name="Address">Where peers dial it now, as <c>host:port</c>.</param>
/// <param name="Time">Makes the ticks.</param>
/// <param name="Logger">Says what an operator should know.</param>
public sealed record RaftHostSetup(
    RaftHostOptions Options,
    IDurableFiles Files,
    ITransport Transport,
    IReplicatedState State,
    string NodeId,
    string Address,
    TimeProvider Time,
    ILogger Logger)
{
    internal string LogDirectory => Path.Combine(Options.Directory, "log");

    internal string SnapshotDirectory => Path.Combine(Options.Directory, "snapshots");
}

/// <summary>
/// One member of the replicated log: the consensus core, its disk and its wire around one thread that owns all state.
/// Start it by <see cref="Bootstrap"/>, <see cref="Open"/> or <see cref="Join"/>.
/// </summary>
public sealed partial class RaftHost : IReplicatedLog, ITransportSink, IAsyncDisposable
{
    private readonly RaftHostSetup setup;
    private readonly RaftCore core;
    private readonly SnapshotStore snapshots;
    private readonly LogWriter writer;
    private readonly Inbox inbox;
    private readonly Thread loop;
    private readonly TaskCompletionSource completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource stopping = new();
    private readonly List<Channel<LeadershipStatus>> watchers = [];
    private LeadershipStatus status;
    private IReadOnlyList<LogMemberState> members = [];

    private RaftHost(RaftHostSetup setup, RaftLogStore log)
    {
        this.setup = setup;
        if (setup.Options.Faults().FirstOrDefault() is { } fault)
            throw new ArgumentException(fault, nameof(setup));
        snapshots = new SnapshotStore(setup.Files, setup.SnapshotDirectory, setup.Options.Log.Key);
        Self = new TransportIdentity(log.ClusterId, log.MemberId, setup.Address);
        core = new RaftCore(
            log.MemberId, setup.Options.Raft, log.Recovered, BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)));
        status = LeadershipStatus.None with { SelfId = log.MemberId };
        inbox = new Inbox(setup.Options.MaxWaiting);
        RestoreAtStart(log.Recovered.Snapshot);
        writer = new LogWriter(log, token => inbox.Post(() => core.Appended(token)), Fail);
        loop = new Thread(RunLoop) { IsBackground = true, Name = "raft" };
        setup.Transport.Start(Self, this);
        loop.Start();
    }

    public TransportIdentity Self { get; }

    public LeadershipStatus Status => Volatile.Read(ref status);

    /// <summary>The members in force, as this one knows them.</summary>
    public IReadOnlyList<LogMemberState> Members => Volatile.Read(ref members);

    /// <summary>Ends when the host has stopped; faulted when it had to, and then its process should end too.</summary>
    public Task Completion => completion.Task;

    /// <summary>Whether a member lives in this directory.</summary>
    public static bool Exists(RaftHostSetup setup)
    {
        ArgumentNullException.ThrowIfNull(setup);
        return RaftLogStore.Exists(setup.Files, setup.LogDirectory);
    }

    /// <summary>Makes a new cluster of one.</summary>
    public static RaftHost Bootstrap(RaftHostSetup setup, string clusterId)
    {
        ArgumentNullException.ThrowIfNull(setup);
        var id = NewRaftId();
        return Create(
            setup, clusterId, id, RecoveredLog.Bootstrap(id, MemberContexts.Encode(setup.NodeId, setup.Address)));
    }

    /// <summary>
    /// Starts empty, under the id that a leader gave to this node when it added it; that leader then sends the log.
    /// </summary>
    /// <param name="setup">What it is made of.</param>
    /// <param name="clusterId">Of the cluster joined.</param>
    /// <param name="raftId">As the leader answered.</param>
    /// <param name="members">Who the others are, until the log tells.</param>
    public static RaftHost Join(RaftHostSetup setup, string clusterId, ulong raftId, IReadOnlyList<LogMember> members)
    {
        ArgumentNullException.ThrowIfNull(setup);
        setup.Transport.SetMembers(members);
        return Create(setup, clusterId, raftId, RecoveredLog.Empty);
    }

    /// <summary>Starts from disk.</summary>
    /// <exception cref="LogDamagedException">The disk does not hold what it once did.</exception>
    public static RaftHost Open(RaftHostSetup setup)
    {
        ArgumentNullException.ThrowIfNull(setup);
        var snapshots = new SnapshotStore(setup.Files, setup.SnapshotDirectory, setup.Options.Log.Key);
        snapshots.Clean();
        var newest = snapshots.FindNewest(damage => RaftHostLog.SnapshotSkipped(setup.Logger, damage.Message));
        return new RaftHost(setup, RaftLogStore.Open(setup.Files, setup.LogDirectory, newest, setup.Options.Log));
    }

    public Task<ulong> ProposeAsync(Func<ulong, ReadOnlyMemory<byte>> sequence, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sequence);
        var done = new TaskCompletionSource<ulong>(TaskCreationOptions.RunContinuationsAsynchronously);
        return PostRequest(done, () => Propose(sequence, done), cancellationToken);
    }

    public Task<ulong> ReadBarrierAsync(CancellationToken cancellationToken)
    {
        var done = new TaskCompletionSource<ulong>(TaskCreationOptions.RunContinuationsAsynchronously);
        return PostRequest(done, () => Read(done), cancellationToken);
    }

    public async IAsyncEnumerable<LeadershipStatus> WatchLeadershipAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var changes = Channel.CreateBounded<LeadershipStatus>(
            new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
        lock (watchers)
        {
            changes.Writer.TryWrite(Status);
            if (completion.Task.IsCompleted)
                changes.Writer.TryComplete();
            watchers.Add(changes);
        }

        try
        {
            await foreach (var change in changes.Reader.ReadAllAsync(cancellationToken))
                yield return change;
        }
        finally
        {
            lock (watchers)
                watchers.Remove(changes);
        }
    }

    void ITransportSink.Receive(Message message) => inbox.PostMessage(() => core.Receive(message));

    void ITransportSink.Unreachable(ulong peer) => inbox.PostMessage(() => core.Unreachable(peer));

    void ITransportSink.Announced(ulong peer, string address) => inbox.PostMessage(() => OnAnnounced(peer, address));

    (SnapshotMeta Meta, Stream Content)? ITransportSink.OpenSnapshot()
    {
        try
        {
            return Volatile.Read(ref offered) is { } meta ? (meta, snapshots.Open(meta)) : null;
        }
        catch (FileNotFoundException)
        {
            return null; // Superseded this very moment; the asker will ask again.
        }
    }

    /// <summary>
    /// Stops without further ado, as a crash would: whoever waits gets <see cref="LogStoppedException"/>.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        inbox.Close();
        await Task.Run(loop.Join);
        await fetching;
        await snapshotting;
        writer.Dispose();
        await setup.Transport.DisposeAsync();
        stopping.Dispose();
    }

    private static RaftHost Create(RaftHostSetup setup, string clusterId, ulong id, RecoveredLog content) =>
        new(setup, RaftLogStore.Create(setup.Files, setup.LogDirectory, clusterId, id, content, setup.Options.Log));

    /// <summary>Random, since an id must never be used twice; not 0, which means nobody.</summary>
    private static ulong NewRaftId() => BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)) | 1;

    private Task<T> PostRequest<T>(TaskCompletionSource<T> done, Action input, CancellationToken cancellationToken)
    {
        if (!inbox.PostRequest(input))
            return Task.FromException<T>(new LogBusyException($"{setup.Options.MaxWaiting} requests wait"));
        return Await(done.Task, cancellationToken);
    }

    /// <summary>A stopped loop answers nobody any more, so its end is waited for as well.</summary>
    private async Task<T> Await<T>(Task<T> done, CancellationToken cancellationToken)
    {
        if (await Task.WhenAny(done, completion.Task).WaitAsync(cancellationToken) == done || done.IsCompleted)
            return await done;
        throw new LogStoppedException(completion.Task.Exception?.InnerException);
    }
}

/// <summary>One member and what this manager sees of it.</summary>
/// <param name="Member">Who it is.</param>
/// <param name="IsLeader">Leads, as far as known here.</param>
/// <param name="IsReachable">Heard within an election timeout; only a leader knows that of others.</param>
public sealed record LogMemberState(LogMember Member, bool IsLeader, bool IsReachable);
