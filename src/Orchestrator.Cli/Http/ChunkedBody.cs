using System.Globalization;
using System.Text;
using Orchestrator.Cli.Streams;

namespace Orchestrator.Cli.Http;

/// <summary>A request's body of unknown length, in chunks.</summary>
/// <remarks>A daemon that refuses before the end stops reading: what is written from then on goes nowhere, and its
/// answer says why.</remarks>
internal sealed class ChunkedBody(HttpConnection connection) : OneWayStream
{
    private const int ChunkBytes = 64 * 1024;

    private readonly byte[] _chunk = new byte[ChunkBytes];
    private int _filled;
    private bool _refused;

    public override bool CanRead => false;

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            var count = Math.Min(buffer.Length, ChunkBytes - _filled);
            buffer[..count].CopyTo(_chunk.AsSpan(_filled));
            _filled += count;
            buffer = buffer[count..];
            if (_filled == ChunkBytes) Send();
        }
    }

    /// <summary>The body is whole. One that is only disposed of is not, and the daemon can tell.</summary>
    public void Finish()
    {
        Send();
        Send("0\r\n\r\n"u8);
    }

    private void Send()
    {
        if (_filled == 0) return;
        Send(Encoding.ASCII.GetBytes(_filled.ToString("x", CultureInfo.InvariantCulture) + "\r\n"));
        Send(_chunk.AsSpan(0, _filled));
        Send("\r\n"u8);
        _filled = 0;
    }

    private void Send(ReadOnlySpan<byte> bytes)
    {
        try
        {
            if (!_refused) connection.Write(bytes);
        }
        catch (IOException)
        {
            _refused = true;
        }
    }
}
