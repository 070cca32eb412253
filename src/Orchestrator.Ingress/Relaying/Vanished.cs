using System.Net.Sockets;

namespace Orchestrator.Ingress.Relaying;

/// <summary>Hosts that go without a word.</summary>
internal static class Vanished
{
    /// <summary>A connection on which nothing is said ends when its other side is there no more.</summary>
    /// <param name="idle">How long it may be quiet before the other side is asked.</param>
    /// <param name="between">Between two questions.</param>
    /// <param name="tries">Questions without an answer.</param>
    public static void Notice(Socket socket, TimeSpan idle, TimeSpan between, int tries)
    {
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, (int)idle.TotalSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, (int)between.TotalSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, tries);
    }
}
