using System.Globalization;
using Orchestrator.Cli.Streams;

namespace Orchestrator.Cli.Http;

/// <summary>The body of an answer: by length, in chunks, or until the connection ends.</summary>
internal sealed class BodyStream : OneWayStream
{
    private readonly HttpConnection _connection;
    private readonly Action<HttpConnection?> _done;
    private readonly bool _chunked;
    private readonly bool _untilClose;
    private long _left;
    private bool _started;
    private bool _finished;

    /// <param name="done">Called once: with the connection when it can serve again, else with null.</param>
    public BodyStream(HttpConnection connection, IReadOnlyDictionary<string, string> headers, bool empty,
        Action<HttpConnection?> done)
    {
        (_connection, _done) = (connection, done);
        _chunked = headers.TryGetValue("Transfer-Encoding", out var coding)
            && coding.Contains("chunked", StringComparison.OrdinalIgnoreCase);
        var hasLength = headers.TryGetValue("Content-Length", out var length);
        if (hasLength) _left = long.Parse(length!, CultureInfo.InvariantCulture);
        _untilClose = !empty && !_chunked && !hasLength;
        if (empty || (hasLength && _left == 0)) Finish(reusable: true);
    }

    public override bool CanWrite => false;

    public override int Read(Span<byte> buffer)
    {
        if (_finished || buffer.IsEmpty) return 0;
        if (_untilClose) return ReadUntilClose(buffer);
        if (_chunked && _left == 0 && !NextChunk()) return 0;

        var read = _connection.Read(buffer[..(int)Math.Min(buffer.Length, _left)]);
        if (read == 0) throw new IOException("the daemon closed the connection in the middle of its answer");
        _left -= read;
        if (!_chunked && _left == 0) Finish(reusable: true);
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) Finish(reusable: false);
        base.Dispose(disposing);
    }

    private int ReadUntilClose(Span<byte> buffer)
    {
        var read = _connection.Read(buffer);
        if (read == 0) Finish(reusable: false);
        return read;
    }

    private bool NextChunk()
    {
        if (_started) _connection.ReadLine();
        _started = true;
        var size = _connection.ReadLine();
        var semicolon = size.IndexOf(';', StringComparison.Ordinal);
        _left = long.Parse(
            semicolon < 0 ? size : size[..semicolon], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        if (_left > 0) return true;
        while (_connection.ReadLine().Length > 0)
        {
            // Trailers carry nothing that a docker client reads.
        }
        Finish(reusable: true);
        return false;
    }

    private void Finish(bool reusable)
    {
        if (_finished) return;
        _finished = true;
        if (!reusable) _connection.Dispose();
        _done(reusable ? _connection : null);
    }
}
