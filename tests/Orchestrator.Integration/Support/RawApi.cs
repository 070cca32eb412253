using System.Net.Sockets;
using System.Text;

namespace Orchestrator.Integration.Support;

/// <summary>What came back to a client that speaks HTTP by hand.</summary>
public sealed record RawAnswer(int Status, string Body)
{
    /// <summary>A refusal in docker's shape.</summary>
    public bool IsRefusal => Status is >= 400 and < 500 && Body.Contains("\"message\":", StringComparison.Ordinal);
}

/// <summary>Speaks to a daemon's socket byte by byte: what no library would send can be sent.</summary>
public sealed class RawApi(string socket)
{
    public async Task<Socket> ConnectAsync()
    {
        var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket));
        return connection;
    }

    public Task<RawAnswer> SendAsync(string method, string path, string? body = null) =>
        SendAsync(Head(method, path, body is null ? "" : $"Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n") + body);

    public async Task<RawAnswer> SendAsync(string request)
    {
        using var connection = await ConnectAsync();
        await connection.SendAsync(Encoding.UTF8.GetBytes(request));
        return await ReadAsync(connection);
    }

    public static string Head(string method, string path, string headers) =>
        $"{method} {path} HTTP/1.1\r\nHost: d\r\nConnection: close\r\nContent-Type: application/json\r\n{headers}\r\n";

    /// <summary>To the end of the connection, which must come.</summary>
    public static async Task<RawAnswer> ReadAsync(Socket connection)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var (text, buffer) = (new StringBuilder(), new byte[64 << 10]);
        try
        {
            while (await connection.ReceiveAsync(buffer, patience.Token) is > 0 and var count)
                text.Append(Encoding.UTF8.GetString(buffer, 0, count));
        }
        catch (SocketException)
        {
            // Reset by a server that will read no more of the body; what it said is here.
        }

        var parts = text.ToString().Split("\r\n\r\n", 2);
        return new(int.Parse(parts[0].Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture), parts[^1]);
    }
}
