using System.Net.Sockets;
using System.Text;

namespace Orchestrator.Daemon.Startup;

/// <summary>Tells systemd how far we are, as units with <c>Type=notify</c> wait for; dockerd's is one.</summary>
/// <remarks>Source: sd_notify(3): a datagram to the socket that NOTIFY_SOCKET names. Who was not started so is not
/// asked.</remarks>
internal sealed class ServiceManager
{
    private const string Variable = "NOTIFY_SOCKET";

    private readonly string? address;

    private ServiceManager(string? address) => this.address = address;

    /// <summary>Takes the variable away: what this process starts is none of systemd's business.</summary>
    public static ServiceManager OfEnvironment()
    {
        var address = Environment.GetEnvironmentVariable(Variable);
        Environment.SetEnvironmentVariable(Variable, null);
        return new ServiceManager(string.IsNullOrEmpty(address) ? null : address);
    }

    public void Ready() => Send("READY=1");

    public void Stopping() => Send("STOPPING=1");

    private void Send(string state)
    {
        if (address is null)
            return;
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            // A leading @ stands for the zero byte of an abstract name.
            var path = address[0] == '@' ? "\0" + address[1..] : address;
            socket.SendTo(Encoding.ASCII.GetBytes(state), new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException)
        {
            // Nobody listens any more: then nobody waits either.
        }
    }
}
