namespace Orchestrator.Cli.Http;

/// <summary>A connection after attach or exec took it over: raw bytes both ways, closable on one side.</summary>
internal sealed class HijackedStream(HttpConnection connection, string mediaType) : IDisposable
{
    /// <summary>Tells a multiplexed stream from a raw one; empty from daemons before API 1.42.</summary>
    public string MediaType { get; } = mediaType;

    public int Read(Span<byte> buffer) => connection.Read(buffer);

    public void Write(ReadOnlySpan<byte> bytes) => connection.Write(bytes);

    public void CloseWrite() => connection.CloseWrite();

    public void Dispose() => connection.Dispose();
}
