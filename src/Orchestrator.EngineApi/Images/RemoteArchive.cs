using System.Net;
using System.Text;
using Orchestrator.Engine;
using Orchestrator.Images;

namespace Orchestrator.EngineApi.Images;

/// <summary>An archive that the daemon fetches for a client: what <c>import</c> is given a URL of.</summary>
internal sealed class RemoteArchive : IDisposable
{
    private const int ReportEvery = 512 << 10, LongestComplaint = 1000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Connections are not kept: one archive is rarely followed by another of the same host.</summary>
    private static readonly HttpClient Http = new(new SocketsHttpHandler
    {
        UseCookies = false, ConnectTimeout = TimeSpan.FromSeconds(30), PooledConnectionLifetime = TimeSpan.Zero,
    });

    private readonly HttpResponseMessage answer;

    private RemoteArchive(Uri address, HttpResponseMessage answer) => (Address, this.answer) = (address, answer);

    public Uri Address { get; }

    /// <param name="source">A URL; without a scheme, one of HTTP.</param>
    /// <exception cref="EngineException">No such host or file, or the server refuses.</exception>
    public static async Task<RemoteArchive> OpenAsync(string source, CancellationToken cancellationToken)
    {
        var text = source.Contains("://", StringComparison.Ordinal) ? source : "http://" + source;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            throw EngineException.Invalid(
                $"invalid import source \"{source}\": use an http:// or https:// URL, or - for the request's body");
        var answer = await GetAsync(address, cancellationToken);
        if (answer.IsSuccessStatusCode)
            return new RemoteArchive(address, answer);
        using (answer)
            throw await RefusalAsync(address, answer, cancellationToken);
    }

    /// <summary>The bytes, which tell of their progress as they are read.</summary>
    public async Task<Stream> ReadAsync(IProgress<ImageProgress> progress, CancellationToken cancellationToken) =>
        new MeteredStream(
            await answer.Content.ReadAsStreamAsync(cancellationToken), ReportEvery,
            done => progress.Report(new ImageProgress(
                "Importing", Current: done, Total: answer.Content.Headers.ContentLength)));

    public void Dispose() => answer.Dispose();

    private static async Task<HttpResponseMessage> GetAsync(Uri address, CancellationToken cancellationToken)
    {
        try
        {
            return await Http.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException e)
        {
            throw new EngineException(
                e.HttpRequestError == HttpRequestError.NameResolutionError ? EngineError.NotFound : EngineError.Internal,
                $"Get \"{address}\": {(e.InnerException ?? e).Message}", e);
        }
        catch (TaskCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new EngineException(EngineError.Internal, $"Get \"{address}\": the server does not answer", e);
        }
    }

    private static async Task<EngineException> RefusalAsync(
        Uri address, HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        var complaint = await ComplaintAsync(answer, cancellationToken);
        return new EngineException(
            answer.StatusCode switch
            {
                HttpStatusCode.NotFound => EngineError.NotFound,
                HttpStatusCode.BadRequest => EngineError.InvalidArgument,
                _ => EngineError.Internal,
            },
            $"failed to GET {address} with status {(int)answer.StatusCode} {answer.ReasonPhrase}"
            + (complaint.Length > 0 ? $": {complaint}" : ""));
    }

    /// <summary>What it says of it; nothing, if that is long or long in coming.</summary>
    private static async Task<string> ComplaintAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        var buffer = new byte[LongestComplaint];
        try
        {
            await using var body = await answer.Content.ReadAsStreamAsync(patience.Token);
            var count = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, patience.Token);
            return count == buffer.Length ? "" : Encoding.UTF8.GetString(buffer, 0, count).Trim();
        }
        catch (Exception e) when (e is HttpRequestException or IOException
            || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return "";
        }
    }
}
