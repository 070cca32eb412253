using System.Globalization;
using System.Text;

namespace Orchestrator.Cli.Http;

/// <summary>One connection speaking HTTP/1.1, a request at a time, blocking.</summary>
/// <remarks>
/// Not HttpClient: attach and exec take the connection over after the answer's head, and the handler with its pools
/// costs a native client more start-up time than all the rest of a listing (docs/decisions/020).
/// </remarks>
internal sealed class HttpConnection(DaemonStream daemon, string host) : IDisposable
{
    private const int MaxHeadBytes = 64 * 1024;

    private readonly byte[] _buffer = new byte[16 * 1024];
    private int _start;
    private int _end;

    private Stream Stream => daemon.Stream;

    public void SendHead(string method, string target, IEnumerable<(string Name, string Value)> headers)
    {
        var head = new StringBuilder(256);
        head.Append(method).Append(' ').Append(target).Append(" HTTP/1.1\r\nHost: ").Append(host)
            .Append("\r\nUser-Agent: orch/").Append(BuildInfo.Version).Append("\r\n");
        foreach (var (name, value) in headers) head.Append(name).Append(": ").Append(value).Append("\r\n");
        Stream.Write(Encoding.UTF8.GetBytes(head.Append("\r\n").ToString()));
    }

    public void Write(ReadOnlySpan<byte> bytes) => Stream.Write(bytes);

    /// <summary>Tells the peer that no more input comes; output still flows.</summary>
    public void CloseWrite() => daemon.CloseWrite();

    /// <summary>Status and headers; interim answers (1xx other than 101) are passed over.</summary>
    /// <exception cref="IOException">The connection ended, or what came is not HTTP.</exception>
    public (int Status, Dictionary<string, string> Headers) ReadHead()
    {
        while (true)
        {
            var status = ParseStatus(ReadLine());
            var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            for (var line = ReadLine(); line.Length > 0; line = ReadLine())
            {
                var colon = line.IndexOf(':', StringComparison.Ordinal);
                if (colon > 0) headers[line[..colon]] = line[(colon + 1)..].Trim();
            }
            if (status is < 100 or >= 200 or 101) return (status, headers);
        }
    }

    /// <summary>Bytes that were read ahead come first.</summary>
    public int Read(Span<byte> target)
    {
        if (_start == _end) return Stream.Read(target);
        var count = Math.Min(target.Length, _end - _start);
        _buffer.AsSpan(_start, count).CopyTo(target);
        _start += count;
        return count;
    }

    /// <summary>One line without its CR LF.</summary>
    public string ReadLine()
    {
        var line = new StringBuilder();
        while (true)
        {
            if (_start == _end && !Fill()) throw new IOException("the daemon closed the connection before it answered");
            var c = (char)_buffer[_start++];
            if (c == '\n') return line.ToString();
            if (c != '\r') line.Append(c);
            if (line.Length > MaxHeadBytes) throw new IOException("the daemon's answer is not HTTP: a line has no end");
        }
    }

    public void Dispose() => daemon.Dispose();

    private bool Fill()
    {
        _start = 0;
        _end = Stream.Read(_buffer);
        return _end > 0;
    }

    private static int ParseStatus(string line) =>
        line.StartsWith("HTTP/1.", StringComparison.Ordinal) && line.Length >= 12
            && int.TryParse(line.AsSpan(9, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var status)
            ? status
            : throw new IOException(
                $"the daemon's answer is not HTTP: it begins with \"{line[..Math.Min(line.Length, 40)]}\"");
}
