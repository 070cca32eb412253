using System.Threading.Channels;
using Grpc.Core;
using Orchestrator.Agent.Sessions;
using Orchestrator.Images.Sharing;
using Orchestrator.Model;
using Orchestrator.Oci.Images;
using Orchestrator.Security;

namespace Orchestrator.Agent.Sharing;

/// <summary>
/// A node's side of sharing: asks the manager whom to read from, reads there, and tells it what it has itself.
/// </summary>
/// <remarks>Where nobody answers, the registry is the answer: sharing makes no pull fail.</remarks>
public sealed class BlobExchange : IBlobPeers, IDisposable
{
    /// <summary>Source: sharing.proto, ReportBlobsRequest.</summary>
    private const int MaxReports = 1000;
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ReportInterval = TimeSpan.FromSeconds(5);
    private static readonly PeerChoice Registry = new(null);

    private readonly SharedBlobs shared;
    private readonly IManagerChannels channels;
    private readonly Func<string?> manager;
    private readonly PeerClients clients;
    private readonly TimeProvider time;
    private readonly Channel<P.BlobReport> ended = Channel.CreateBounded<P.BlobReport>(
        new BoundedChannelOptions(MaxReports) { FullMode = BoundedChannelFullMode.DropOldest });
    private volatile string address = "";

    /// <param name="manager">HOST:PORT of the manager that this node has its session with; null: none now.</param>
    public BlobExchange(
        SharedBlobs shared, IdentitySource identity, IManagerChannels channels, Func<string?> manager,
        TimeProvider time)
    {
        (this.shared, this.channels, this.manager, this.time) = (shared, channels, manager, time);
        clients = new PeerClients(identity, time);
    }

    /// <summary>HOST:PORT where this node gives; empty: it gives nothing.</summary>
    public string Address
    {
        get => address;
        set => address = value;
    }

    public async Task<PeerChoice> FindAsync(
        Digest blob, long offset, PeerFault fault, string? failed, CancellationToken cancellationToken)
    {
        if (manager() is not { } at)
            return Registry;
        var request = new P.FindSourceRequest
        {
            Digest = blob.ToString(),
            Offset = offset,
            Address = address,
            FailedNodeId = failed ?? "",
            Fault = (P.SourceFault)fault,
        };
        try
        {
            var answer = await Client(at).FindSourceAsync(request, Options(cancellationToken)).ConfigureAwait(false);
            var source = answer.NodeId.Length == 0 ? null
                : new PeerSource(answer.NodeId, answer.Address, Patience(answer.Depth));
            return new PeerChoice(source, answer.Anew);
        }
        catch (Exception error) when (error is RpcException or ObjectDisposedException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return Registry;
        }
    }

    public Task<Stream> OpenAsync(
        PeerSource source, Digest blob, long offset, long size, CancellationToken cancellationToken) =>
        clients.OpenAsync(source, blob, offset, size, cancellationToken);

    public void Ended(Digest blob, long size, bool isWhole) => ended.Writer.TryWrite(new P.BlobReport
    {
        Digest = blob.ToString(),
        State = isWhole ? P.BlobReport.Types.State.Whole : P.BlobReport.Types.State.GivenUp,
        Offset = isWhole ? size : 0,
    });

    /// <summary>Keeps the manager told, until cancelled.</summary>
    /// <param name="gives">Whether this node is to announce what it has.</param>
    public async Task RunAsync(Func<bool> gives, CancellationToken cancellationToken)
    {
        var told = "";
        while (true)
        {
            await WaitAsync(cancellationToken).ConfigureAwait(false);
            if (manager() is not { } at)
                continue;
            var isNew = at != told && gives() && address.Length > 0;
            List<P.BlobReport> reports = isNew ? [.. shared.List().Select(Whole)] : [];
            while (ended.Reader.TryRead(out var report))
                reports.Add(report);
            reports.AddRange(shared.Arriving.Select(Reading));
            if (await TryTellAsync(at, reports, cancellationToken).ConfigureAwait(false))
                told = isNew ? at : told;
        }
    }

    public void Dispose() => clients.Dispose();

    /// <summary>The nearer to the root notice first, and what they do about it helps those below.</summary>
    private static TimeSpan Patience(int depth) => TimeSpan.FromSeconds(5 + Math.Clamp(depth, 0, 20));

    private static P.BlobReport Reading(BlobArrival arrival) => new()
    {
        Digest = arrival.Blob.Digest.ToString(),
        State = P.BlobReport.Types.State.Reading,
        Offset = arrival.Length,
        SourceNodeId = arrival.Source ?? "",
    };

    private static P.BlobReport Whole((Digest Digest, long Size) blob) => new()
    {
        Digest = blob.Digest.ToString(), State = P.BlobReport.Types.State.Whole, Offset = blob.Size,
    };

    private P.Sharing.SharingClient Client(string at) => new(channels.Get(at));

    private static CallOptions Options(CancellationToken cancellationToken) =>
        new(deadline: DateTime.UtcNow + CallTimeout, cancellationToken: cancellationToken);

    /// <summary>Until a download has ended, or the next report is due.</summary>
    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        using var due = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var something = ended.Reader.WaitToReadAsync(due.Token).AsTask();
        await Task.WhenAny(something, Task.Delay(ReportInterval, time, due.Token)).ConfigureAwait(false);
        await due.CancelAsync().ConfigureAwait(false);
        await ((Task)something).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
    }

    private async Task<bool> TryTellAsync(
        string at, List<P.BlobReport> reports, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var some in reports.Chunk(MaxReports))
            {
                var request = new P.ReportBlobsRequest { Address = address };
                request.Blobs.AddRange(some);
                var answer = await Client(at).ReportBlobsAsync(request, Options(cancellationToken))
                    .ConfigureAwait(false);
                foreach (var arrival in shared.Arriving.Where(a => answer.TooSlow.Contains(a.Blob.Digest.ToString())))
                    arrival.Hurry();
            }

            return true;
        }
        catch (RpcException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return false; // What it was not told it can do without.
        }
    }
}
