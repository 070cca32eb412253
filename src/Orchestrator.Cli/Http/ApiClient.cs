using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Orchestrator.Api;

namespace Orchestrator.Cli.Http;

/// <summary>
/// The daemon's API. Calls block; several threads may call at once, each then has its own connection.
/// </summary>
/// <param name="extra">Headers that the user's settings add to every request.</param>
internal sealed class ApiClient(DaemonAddress address, string version, (string Name, string Value)[] extra) : IDisposable
{
    private static readonly (string, string)[] NoHeaders = [];

    private HttpConnection? _idle;

    public DaemonAddress Address => address;

    public T Get<T>(string path, JsonTypeInfo<T> type)
    {
        using var response = Send("GET", path);
        return Read(response, type);
    }

    public T Post<T>(string path, JsonTypeInfo<T> type)
    {
        using var response = Send("POST", path);
        return Read(response, type);
    }

    public T Post<TBody, T>(string path, TBody body, JsonTypeInfo<TBody> bodyType, JsonTypeInfo<T> type)
    {
        using var response = Send("POST", path, Json(body, bodyType));
        return Read(response, type);
    }

    public void Post<TBody>(string path, TBody body, JsonTypeInfo<TBody> bodyType) =>
        Drain(Send("POST", path, Json(body, bodyType)));

    public void Post(string path) => Drain(Send("POST", path));

    public void Delete(string path) => Drain(Send("DELETE", path));

    /// <summary>The body as it came, for inspect: nothing the daemon said is lost.</summary>
    public JsonDocument GetJson(string path)
    {
        using var response = Send("GET", path);
        return JsonDocument.Parse(response.Body);
    }

    /// <summary>Sends one request and waits for the head of its answer.</summary>
    /// <exception cref="DaemonException">The answer is an error.</exception>
    /// <exception cref="CliException">The daemon cannot be reached.</exception>
    public HttpResponse Send(
        string method, string path, byte[]? body = null, IEnumerable<(string Name, string Value)>? headers = null)
    {
        var all = Headers(body, headers);
        for (var reused = Interlocked.Exchange(ref _idle, null); ; reused = null)
        {
            var connection = reused ?? Open();
            try
            {
                connection.SendHead(method, Target(path), all);
                if (body is not null) connection.Write(body);
                return Receive(connection, method);
            }
            catch (IOException e)
            {
                connection.Dispose();
                // A kept connection may have been closed by the daemon meanwhile; a fresh one has no such excuse.
                if (reused is null) throw Lost(e);
            }
        }
    }

    /// <summary>Sends a body of unknown length: an archive to load or import.</summary>
    public HttpResponse Upload(string path, Stream body, string mediaType) =>
        Upload("POST", path, mediaType, body.CopyTo);

    /// <param name="write">Writes the body.</param>
    public HttpResponse Upload(
        string method, string path, string mediaType, Action<Stream> write,
        IEnumerable<(string Name, string Value)>? headers = null)
    {
        var connection = Open();
        try
        {
            connection.SendHead(method, Target(path), [
                .. extra, .. headers ?? NoHeaders, ("Content-Type", mediaType), ("Transfer-Encoding", "chunked")]);
            var body = new ChunkedBody(connection);
            write(body);
            body.Finish();
        }
        catch
        {
            connection.Dispose(); // In the middle of the body, so that the daemon takes no half for the whole.
            throw;
        }

        try
        {
            return Receive(connection, method);
        }
        catch (IOException e)
        {
            connection.Dispose();
            throw Lost(e);
        }
    }

    /// <summary>Sends a request that takes the connection over.</summary>
    public HijackedStream Hijack(string path, byte[]? body = null)
    {
        var connection = Open();
        try
        {
            connection.SendHead("POST", Target(path), Headers(body, [("Connection", "Upgrade"), ("Upgrade", "tcp")]));
            if (body is not null) connection.Write(body);
            var (status, headers) = connection.ReadHead();
            if (status >= 400)
                throw Failure(status, new BodyStream(connection, headers, empty: false, static _ => { }));
            return new HijackedStream(connection, headers.GetValueOrDefault("Content-Type", ""));
        }
        catch (IOException e)
        {
            connection.Dispose();
            throw Lost(e);
        }
    }

    public static byte[] Json<T>(T body, JsonTypeInfo<T> type) => JsonSerializer.SerializeToUtf8Bytes(body, type);

    public void Dispose() => Interlocked.Exchange(ref _idle, null)?.Dispose();

    private HttpConnection Open() => address.Open();

    private string Target(string path) => $"/v{version}{path}";

    private IEnumerable<(string, string)> Headers(byte[]? body, IEnumerable<(string, string)>? more)
    {
        foreach (var header in extra) yield return header;
        foreach (var header in more ?? NoHeaders) yield return header;
        if (body is not null) yield return ("Content-Type", "application/json");
        yield return ("Content-Length", (body?.Length ?? 0).ToString(
            System.Globalization.CultureInfo.InvariantCulture));
    }

    private HttpResponse Receive(HttpConnection connection, string method)
    {
        var (status, headers) = connection.ReadHead();
        var empty = method == "HEAD" || status is 204 or 304;
        var body = new BodyStream(connection, headers, empty, Keep);
        return status < 400 ? new HttpResponse(status, headers, body) : throw Failure(status, body);
    }

    private void Keep(HttpConnection? connection)
    {
        if (connection is not null) Interlocked.Exchange(ref _idle, connection)?.Dispose();
    }

    private static DaemonException Failure(int status, Stream body)
    {
        using var reader = new StreamReader(body, Encoding.UTF8);
        var text = reader.ReadToEnd().Trim();
        try
        {
            text = JsonSerializer.Deserialize(text, ApiJson.Wire.ErrorBody)?.Message ?? text;
        }
        catch (JsonException)
        {
            // Not orchd's own words (a proxy's, perhaps): shown as they are.
        }
        return new DaemonException(status, text.Length > 0 ? text : $"status {status} without a message");
    }

    private CliException Lost(IOException e) =>
        new($"error during connect: {address.Text}: {e.Message}. See the daemon's log: journalctl -u orchd", e);

    private static T Read<T>(HttpResponse response, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(response.Body, type)
                ?? throw new CliException("the daemon answered null where an object was expected");
        }
        catch (JsonException e)
        {
            throw new CliException($"the daemon's answer cannot be read: {e.Message}", e);
        }
    }

    private static void Drain(HttpResponse response)
    {
        using (response) response.Body.CopyTo(Stream.Null);
    }
}
