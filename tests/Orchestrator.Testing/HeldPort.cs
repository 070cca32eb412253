using System.Net;
using System.Net.Sockets;

namespace Orchestrator.Testing;

/// <summary>A TCP port of loopback that is this test's also while nobody listens at it: who asks the kernel for any port
/// does not get it, and who connects is refused. Servers may listen at it, one after the other.</summary>
/// <remarks>A socket that is bound and never listens; .NET binds every one of TCP with SO_REUSEADDR, which lets another
/// listen beside it.</remarks>
public sealed class HeldPort : IDisposable
{
    private readonly Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public HeldPort()
    {
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        EndPoint = (IPEndPoint)socket.LocalEndPoint!;
    }

    public IPEndPoint EndPoint { get; }

    public void Dispose() => socket.Dispose();
}
