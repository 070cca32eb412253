using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Orchestrator.Integration.Support;

/// <summary>The engine API over its unix socket, bare: for tests that make more calls than a client program could be
/// started for.</summary>
public sealed class ApiClient(string socketPath) : IDisposable
{
    private readonly HttpClient http = new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, cancellationToken) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    {
        BaseAddress = new Uri("http://orch/v1.44/"), Timeout = TimeSpan.FromSeconds(60),
    };

    /// <returns>Status and body; (0, "") when the daemon is not there, or went away before it answered.</returns>
    public async Task<ApiAnswer> TryAsync(string method, string path, string? json = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (json is not null)
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        try
        {
            using var answer = await http.SendAsync(request);
            return new(answer.StatusCode, await answer.Content.ReadAsStringAsync());
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return new(0, "");
        }
    }

    /// <summary>A call that must work.</summary>
    public async Task<JsonElement> MustAsync(string method, string path, string? json = null)
    {
        var answer = await TryAsync(method, path, json);
        Assert.True(answer.IsDone, $"{method} {path}: {(int)answer.Status} {answer.Body}");
        return answer.Json;
    }

    /// <summary>Lines of a stream, until it ends or is cancelled.</summary>
    public async IAsyncEnumerable<JsonElement> StreamAsync(
        string path, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var answer = await http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(cancellationToken));
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
            yield return JsonDocument.Parse(line).RootElement;
    }

    public void Dispose() => http.Dispose();
}

public sealed record ApiAnswer(HttpStatusCode Status, string Body)
{
    public bool IsDone => (int)Status is >= 200 and < 300 or 304;

    public bool IsFault => (int)Status >= 500;

    public JsonElement Json => Body.Length == 0 ? default : JsonDocument.Parse(Body).RootElement;
}
