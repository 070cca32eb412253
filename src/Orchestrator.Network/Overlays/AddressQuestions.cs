using System.Net;
using System.Net.Sockets;
using Orchestrator.Linux.Netlink;

namespace Orchestrator.Network.Overlays;

/// <summary>Hears the questions of containers for hardware addresses of an overlay (ARP), and who asked for which.</summary>
/// <remarks>Belongs to no packet's way but these questions'.</remarks>
internal sealed class AddressQuestions : IDisposable
{
    private const int Length = 28, SenderAt = 14, TargetAt = 24;

    private readonly Socket socket;

    private AddressQuestions(Socket socket) => this.socket = socket;

    /// <param name="bridge">Which every broadcast comes up to.</param>
    /// <param name="asked">Told who asked, and for what.</param>
    public static AddressQuestions Hear(NetNamespace ns, LinkInfo bridge, Func<string, string, Task> asked)
    {
        var questions = new AddressQuestions(PacketSocket.OpenSocket(ns, bridge.Index, PacketSocket.Arp));
        _ = questions.ListenAsync(asked);
        return questions;
    }

    public void Dispose() => socket.Dispose();

    private async Task ListenAsync(Func<string, string, Task> asked)
    {
        var packet = new byte[64];
        while (true)
        {
            try
            {
                if (await socket.ReceiveAsync(packet) >= Length)
                    await asked(Address(packet, SenderAt), Address(packet, TargetAt));
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.OperationAborted)
            {
                return;
            }
            catch (SocketException)
            {
                // The bridge is down, and says so once.
            }
        }
    }

    private static string Address(byte[] packet, int at) => new IPAddress(packet.AsSpan(at, 4)).ToString();
}
