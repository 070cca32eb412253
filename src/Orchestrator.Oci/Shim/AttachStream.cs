using System.Net.Sockets;

namespace Orchestrator.Oci.Shim;

/// <summary>A process's standard streams, both ways on one connection; disposing detaches.</summary>
public sealed class AttachStream(Socket socket) : NetworkStream(socket, ownsSocket: true)
{
    /// <summary>Ends standard input; output goes on.</summary>
    public void CloseWrite() => Socket.Shutdown(SocketShutdown.Send);
}
