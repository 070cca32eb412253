namespace Orchestrator.Cli.Http;

/// <summary>A connection to the daemon, whatever carries it.</summary>
/// <param name="Stream">Disposing it ends the connection.</param>
/// <param name="Shut">Tells the daemon that no more input comes; output still flows.</param>
internal sealed record DaemonStream(Stream Stream, Action Shut) : IDisposable
{
    public void CloseWrite()
    {
        try
        {
            Shut();
        }
        catch (Exception e) when (e is System.Net.Sockets.SocketException or IOException)
        {
            // The other side closed first; there is nobody left to tell.
        }
    }

    public void Dispose() => Stream.Dispose();
}
