using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Orchestrator.Linux.Netlink;

namespace Orchestrator.Network.Probing;

/// <summary>Asks for a TCP connection where nothing else is let through. That nobody listens is an answer, too.</summary>
internal static class Knock
{
    /// <param name="ns">Where it is asked from, under <paramref name="source"/>.</param>
    /// <returns>Time to the answer; null: there was none in time.</returns>
    public static async Task<TimeSpan?> AskAsync(
        NetNamespace ns, IPAddress source, IPEndPoint target, TimeSpan patience, CancellationToken cancellationToken)
    {
        // Reset at the end: a program that took the connection has nothing to wait for.
        using var socket = ns.Run(() => new Socket(source.AddressFamily, SocketType.Stream, ProtocolType.Tcp)
        {
            LingerState = new LingerOption(enable: true, seconds: 0),
        });
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(patience);
        var asked = Stopwatch.GetTimestamp();
        try
        {
            socket.Bind(new IPEndPoint(source, 0));
            await socket.ConnectAsync(target, limit.Token);
            return Stopwatch.GetElapsedTime(asked);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return Stopwatch.GetElapsedTime(asked);
        }
        catch (SocketException)
        {
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }
}
