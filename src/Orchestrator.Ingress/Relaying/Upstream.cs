using System.Net;
using System.Net.Sockets;

namespace Orchestrator.Ingress.Relaying;

/// <summary>Connections to tasks.</summary>
internal static class Upstream
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <exception cref="SocketException">It refuses.</exception>
    /// <exception cref="OperationCanceledException">It says nothing.</exception>
    public static async ValueTask<Socket> ConnectAsync(EndPoint task, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            // A task whose host has gone without a word: its clients are to hear of it within seconds. There is no limit to
            // what is not taken yet, for the kernel does not tell a task that pauses from one that is gone: the cluster does.
            Vanished.Notice(socket, idle: TimeSpan.FromSeconds(5), between: TimeSpan.FromSeconds(2), tries: 3);
            await socket.ConnectAsync(task, patience.Token);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
