using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orchestrator.Images;
using Orchestrator.Images.Sharing;
using Orchestrator.Model;
using Orchestrator.Oci.Images;
using Orchestrator.Security;

namespace Orchestrator.Agent.Sharing;

/// <summary>
/// Gives blobs to other nodes of the cluster, by their certificates: <c>GET /v1/blobs/DIGEST</c>, from the offset of
/// the Range header on. What is still being read here is passed on as it comes.
/// </summary>
public sealed class PeerServer : IAsyncDisposable
{
    public const int Port = Model.ClusterPorts.Peers;

    public const string Path = "/v1/blobs/";

    /// <summary>The tracker stays far below; so this is for those that do not ask it.</summary>
    private const int MaxStreams = 32;
    private const int PieceBytes = 128 * 1024;

    private readonly SharedBlobs shared;
    private readonly UploadRate rate;
    private readonly Func<NodeId, bool> isRemoved;
    private readonly WebApplication server;
    private int streams;

    private PeerServer(
        IPEndPoint address, SharedBlobs shared, UploadRate rate, IdentitySource identity, Func<NodeId, bool> isRemoved,
        TimeProvider time, ILoggerFactory loggers)
    {
        (this.shared, this.rate, this.isRemoved) = (shared, rate, isRemoved);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.Services.AddSingleton(loggers);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 0;
            // A line may be slow: Kestrel's own five seconds for each piece end a stream that goes on.
            kestrel.Limits.MinResponseDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromMinutes(1));
            kestrel.Limits.MaxConcurrentConnections = 16 * MaxStreams;
            kestrel.Listen(address, listen =>
            {
                listen.Protocols = HttpProtocols.Http1; // One stream a connection: nothing to multiplex.
                listen.UseClusterTls(identity, time);
            });
        });
        server = builder.Build();
        server.Run(AnswerAsync);
    }

    /// <param name="isRemoved">Nodes whose certificates count no more.</param>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<PeerServer> StartAsync(
        IPEndPoint address, SharedBlobs shared, UploadRate rate, IdentitySource identity, Func<NodeId, bool> isRemoved,
        TimeProvider time, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var started = new PeerServer(address, shared, rate, identity, isRemoved, time, loggers);
        try
        {
            await started.server.StartAsync(cancellationToken).ConfigureAwait(false);
            return started;
        }
        catch
        {
            await started.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>HOST:PORT where it listens.</summary>
    internal string Address => new Uri(server.Urls.First()).Authority;

    public ValueTask DisposeAsync() => server.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        if (context.Connection.ClientCertificate is not { } certificate
            || PeerIdentity.Read(certificate) is not { } peer || isRemoved(peer.Id))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }

        var path = context.Request.Path.Value ?? "";
        if (!HttpMethods.IsGet(context.Request.Method) || !path.StartsWith(Path, StringComparison.Ordinal)
            || !Digest.TryParse(path[Path.Length..], out var digest))
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        try
        {
            if (Interlocked.Increment(ref streams) > MaxStreams)
                context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            else
                await GiveAsync(context, digest).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The reader is gone.
        }
        finally
        {
            Interlocked.Decrement(ref streams);
        }
    }

    private async Task GiveAsync(HttpContext context, Digest digest)
    {
        using var content = shared.TryOpen(digest);
        var offset = OffsetOf(context.Request);
        if (content is null || offset >= content.Size)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        var response = context.Response;
        response.StatusCode = offset > 0 ? StatusCodes.Status206PartialContent : StatusCodes.Status200OK;
        response.ContentLength = content.Size - offset;
        if (offset > 0)
            response.Headers.ContentRange = $"bytes {offset}-{content.Size - 1}/{content.Size}";
        await response.StartAsync(context.RequestAborted).ConfigureAwait(false);
        await response.BodyWriter.FlushAsync(context.RequestAborted).ConfigureAwait(false);
        if (!await CopyAsync(content, offset, response, context.RequestAborted).ConfigureAwait(false))
            context.Abort(); // Nobody takes it for whole.
    }

    /// <returns>False: it ended too early.</returns>
    private async Task<bool> CopyAsync(
        SharedContent content, long offset, HttpResponse response, CancellationToken cancellationToken)
    {
        var writer = response.BodyWriter;
        while (offset < content.Size)
        {
            var readable = await content.WaitAsync(offset, cancellationToken).ConfigureAwait(false);
            var wanted = (int)Math.Min(PieceBytes, readable - offset);
            if (wanted <= 0)
                return false;
            await rate.TakeAsync(wanted, cancellationToken).ConfigureAwait(false);
            var read = content.Read(writer.GetSpan(PieceBytes)[..wanted], offset);
            if (read == 0)
                return false; // Cut short on disk.
            writer.Advance(read);
            offset += read;
            PullMetrics.ToPeers(read);
            if ((await writer.FlushAsync(cancellationToken).ConfigureAwait(false)).IsCompleted)
                return true; // The reader is gone.
        }

        return true;
    }

    /// <summary>Of <c>Range: bytes=N-</c>, the only form that a node sends.</summary>
    private static long OffsetOf(HttpRequest request)
    {
        var range = request.Headers.Range.ToString();
        return range.StartsWith("bytes=", StringComparison.Ordinal) && range.EndsWith('-') && long.TryParse(
            range.AsSpan(6, range.Length - 7), NumberStyles.None, CultureInfo.InvariantCulture, out var offset)
            ? offset : 0;
    }
}
