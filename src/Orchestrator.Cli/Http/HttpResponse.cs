namespace Orchestrator.Cli.Http;

/// <summary>A successful answer; dispose it when the body was read, so that the connection can serve again.</summary>
internal sealed class HttpResponse(int status, IReadOnlyDictionary<string, string> headers, Stream body) : IDisposable
{
    public int Status { get; } = status;

    public Stream Body { get; } = body;

    public string MediaType => headers.TryGetValue("Content-Type", out var type) ? type : "";

    public string Header(string name) => headers.TryGetValue(name, out var value) ? value : "";

    public void Dispose() => Body.Dispose();
}
