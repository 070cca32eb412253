using System.Net.Sockets;
using System.Globalization;

namespace Orchestrator.Cli.Http;

/// <summary>Where the daemon listens: <c>unix:///path</c> or <c>tcp://host:port</c>.</summary>
internal sealed record DaemonAddress
{
    public const string Default = "unix:///run/orch/orch.sock";

    private readonly string _host;
    private readonly int _port;

    private DaemonAddress(string text, string host, int port) => (Text, _host, _port) = (text, host, port);

    /// <summary>As the user wrote it, and as errors name it.</summary>
    public string Text { get; }

    private bool IsUnix => _port == 0;

    /// <exception cref="CliException">Not an address of one of the two kinds.</exception>
    public static DaemonAddress Parse(string text)
    {
        if (text.StartsWith("unix://", StringComparison.Ordinal) && text.Length > "unix://".Length)
            return new DaemonAddress(text, text["unix://".Length..], 0);
        var rest = text.Contains("://", StringComparison.Ordinal) ? text : "tcp://" + text;
        if (Uri.TryCreate(rest, UriKind.Absolute, out var uri) && uri.Scheme is "tcp" or "http" && uri.Host.Length > 0)
            return new DaemonAddress(text, uri.Host.Trim('[', ']'), uri.Port > 0 ? uri.Port : 2375);
        throw new CliException(
            $"unable to parse docker host `{text}`: write unix:///path/to/socket or tcp://host:port");
    }

    /// <summary>The Host header: what follows does not matter on a unix socket, but must be there.</summary>
    public string HostHeader => IsUnix ? "orch" : string.Create(CultureInfo.InvariantCulture, $"{_host}:{_port}");

    /// <exception cref="CliException">Nothing listens there, or this user may not connect; says what to do.</exception>
    public Socket Connect()
    {
        var socket = IsUnix
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            if (IsUnix) socket.Connect(new UnixDomainSocketEndPoint(_host));
            else socket.Connect(_host, _port);
            return socket;
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            socket.Dispose();
            throw new CliException(Explain(e), e);
        }
    }

    private string Explain(Exception e) => e is SocketException { SocketErrorCode: SocketError.AccessDenied }
        ? $"permission denied while trying to connect to the orch daemon socket at {Text}: run as root, "
            + "or join the group that owns it"
        : $"Cannot connect to the orch daemon at {Text}. Is orchd running? "
            + "Start it with 'systemctl start orchd', or name another daemon with -H or ORCH_HOST.";
}
