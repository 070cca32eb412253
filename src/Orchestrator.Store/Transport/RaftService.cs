using System.Security.Cryptography;
using Google.Protobuf;
using Grpc.Core;
using Orchestrator.Protocol.V1;
using RaftRpc = Orchestrator.Protocol.V1.Raft;
using Task = System.Threading.Tasks.Task;

namespace Orchestrator.Store.Transport;

/// <summary>Receives what other managers send.</summary>
/// <param name="find">The member of this node; null while it is no manager.</param>
/// <param name="requireManager">Throws unless the caller is a manager of this cluster.</param>
public sealed class RaftService(Func<ITransportSink?> find, Action<ServerCallContext> requireManager)
    : RaftRpc.RaftBase, IDisposable
{
    private const int ChunkBytes = 256 * 1024;
    private readonly SemaphoreSlim uploads = new(2);

    public override async Task Deliver(
        IAsyncStreamReader<RaftDelivery> requestStream, IServerStreamWriter<RaftDelivered> responseStream,
        ServerCallContext context)
    {
        requireManager(context);
        if (!await requestStream.MoveNext(context.CancellationToken) || requestStream.Current.Hello is not { } hello)
            throw new RpcException(new Status(StatusCode.InvalidArgument, "The stream does not begin with a hello."));
        var sink = Check(hello.ClusterId);
        if (sink.Self.RaftId != hello.To)
            throw new RpcException(
                new Status(StatusCode.NotFound, $"Member {hello.To:x} does not live here (any more)."));
        sink.Announced(hello.From, hello.Address);
        while (await requestStream.MoveNext(context.CancellationToken))
        {
            // The node may have left and joined again meanwhile; the stream was for the member it was then.
            if (!ReferenceEquals(find(), sink))
                throw new RpcException(new Status(StatusCode.Unavailable, "The member has stopped."));
            if (requestStream.Current.Message is { } message && message.From == hello.From && message.To == hello.To)
                sink.Receive(MessageCodec.FromWire(message));
        }
    }

    public override async Task FetchSnapshot(
        FetchSnapshotRequest request, IServerStreamWriter<FetchSnapshotResponse> responseStream,
        ServerCallContext context)
    {
        requireManager(context);
        var sink = Check(request.ClusterId);
        await uploads.WaitAsync(context.CancellationToken);
        try
        {
            if (sink.OpenSnapshot() is not var (meta, content) || meta.Index < request.Index)
                throw new RpcException(
                    new Status(StatusCode.NotFound, $"There is no snapshot of entry {request.Index} here."));
            await using (content)
                await SendAsync(meta, content, responseStream, context.CancellationToken);
        }
        finally
        {
            uploads.Release();
        }
    }

    public void Dispose() => uploads.Dispose();

    private ITransportSink Check(string clusterId)
    {
        var sink = find()
            ?? throw new RpcException(new Status(StatusCode.Unavailable, "This node is no manager (yet)."));
        return sink.Self.ClusterId == clusterId
            ? sink
            : throw new RpcException(
                new Status(StatusCode.FailedPrecondition, "This manager belongs to another cluster."));
    }

    private static async Task SendAsync(
        Orchestrator.Raft.SnapshotMeta meta,
        Stream content,
        IServerStreamWriter<FetchSnapshotResponse> to,
        CancellationToken cancellationToken)
    {
        var header = new SnapshotHeader
        {
            Index = meta.Index, Term = meta.Term, Membership = ByteString.CopyFrom(meta.Membership.Encode()),
        };
        await to.WriteAsync(new FetchSnapshotResponse { Header = header }, cancellationToken);
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[ChunkBytes];
        for (int read; (read = await content.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            digest.AppendData(buffer, 0, read);
            // Copied: the buffer is read into again while this one may still be on its way.
            await to.WriteAsync(
                new FetchSnapshotResponse { Chunk = ByteString.CopyFrom(buffer, 0, read) }, cancellationToken);
        }

        var end = new FetchSnapshotResponse { Digest = ByteString.CopyFrom(digest.GetHashAndReset()) };
        await to.WriteAsync(end, cancellationToken);
    }
}
