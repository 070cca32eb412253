using System.Buffers;
using System.Net;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using Orchestrator.Model;
using Orchestrator.Store;

namespace Orchestrator.Manager.Sharing;

/// <summary>
/// The tracker on the wire. Each manager tracks by itself; nodes ask the one that they have a session with.
/// </summary>
public sealed class SharingService : P.Sharing.SharingBase
{
    /// <summary>Source: sharing.proto, ReportBlobsRequest.</summary>
    private const int MaxReports = 1000;

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");


    private readonly ObjectStore store;
    private readonly ICallers callers;
    private readonly TimeProvider time;
    private readonly Lock gate = new();
    private readonly BlobTracker tracker;
    private readonly Dictionary<NodeId, string> addresses = [];
    private DateTimeOffset expired;

    internal SharingService(
        ObjectStore store, ICallers callers, SharingOptions options, TimeProvider time, ILogger<SharingService> logger)
    {
        (this.store, this.callers, this.time) = (store, callers, time);
        tracker = new BlobTracker(options);
        tracker.Lied += (liar, blob, victim) => SharingLog.Lied(logger, liar, blob, victim);
    }

    public override Task<P.FindSourceResponse> FindSource(P.FindSourceRequest request, ServerCallContext context)
    {
        var node = Enter(context);
        CheckDigest(request.Digest);
        lock (gate)
        {
            var now = Begin(node, request.Address);
            var failed = request.FailedNodeId.Length > 0 ? new NodeId(request.FailedNodeId) : (NodeId?)null;
            var choice = tracker.Find(
                node, request.Digest, Math.Max(0, request.Offset), (SourceFault)request.Fault, failed, MayServe, now);
            return Task.FromResult(new P.FindSourceResponse
            {
                NodeId = choice.Node?.Value ?? "",
                Address = choice.Node is { } source ? addresses.GetValueOrDefault(source, "") : "",
                Depth = choice.Depth,
                Anew = choice.IsAnew,
            });
        }
    }

    public override Task<P.ReportBlobsResponse> ReportBlobs(P.ReportBlobsRequest request, ServerCallContext context)
    {
        var node = Enter(context);
        if (request.Blobs.Count > MaxReports)
            throw Invalid($"{request.Blobs.Count} blobs in one report; send {MaxReports} at most");
        foreach (var report in request.Blobs)
            CheckDigest(report.Digest);
        lock (gate)
        {
            var now = Begin(node, request.Address);
            var answer = new P.ReportBlobsResponse();
            answer.TooSlow.AddRange(request.Blobs.Where(r => Take(node, r, now)).Select(r => r.Digest));
            return Task.FromResult(answer);
        }
    }

    private bool Take(NodeId node, P.BlobReport report, DateTimeOffset now)
    {
        switch (report.State)
        {
            case P.BlobReport.Types.State.Whole:
                tracker.AddHolder(node, report.Digest, Math.Max(0, report.Offset), now);
                return false;
            case P.BlobReport.Types.State.GivenUp:
                tracker.GiveUp(node, report.Digest);
                return false;
            default:
                var source = report.SourceNodeId.Length > 0 ? new NodeId(report.SourceNodeId) : (NodeId?)null;
                return tracker.Progress(node, report.Digest, Math.Max(0, report.Offset), source, MayServe, now);
        }
    }

    private NodeId Enter(ServerCallContext context) => callers.Of(context).Node;

    private DateTimeOffset Begin(NodeId node, string address)
    {
        if (IPEndPoint.TryParse(address, out _))
            addresses[node] = address;
        else
            addresses.Remove(node);
        var now = time.GetUtcNow();
        if (now - expired > TimeSpan.FromMinutes(1))
        {
            expired = now;
            tracker.Expire(now);
        }

        return now;
    }

    /// <summary>It gives, and the dispatcher hears of it.</summary>
    private bool MayServe(NodeId node) => addresses.ContainsKey(node)
        && store.View().Nodes.Get(node.Value) is { Status.State: NodeState.Ready };

    private static void CheckDigest(string digest)
    {
        var isDigest = (digest.Length == 71 && digest.StartsWith("sha256:", StringComparison.Ordinal))
            || (digest.Length == 135 && digest.StartsWith("sha512:", StringComparison.Ordinal));
        if (!isDigest || digest.AsSpan(7).ContainsAnyExcept(HexDigits))
            throw Invalid("digest: write sha256: and 64 hex digits");
    }

    private static RpcException Invalid(string detail) => new(new Status(StatusCode.InvalidArgument, detail));
}
