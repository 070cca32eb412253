using System.Net.Sockets;
using System.Globalization;

namespace Orchestrator.Cli.Http;

/// <summary>Where the daemon listens: <c>unix:///path</c>, <c>tcp://host:port</c> or <c>ssh://user@host</c>.</summary>
internal sealed record DaemonAddress
{
    public const string Default = "unix:///run/orch/orch.sock";

    private const int PlainPort = 2375, TlsPort = 2376;

    private readonly string _host;
    private readonly int _port;

    private DaemonAddress(string text, string host, int port) => (Text, _host, _port) = (text, host, port);

    /// <summary>Null: plain. A unix socket is always plain.</summary>
    private ClientTls? Tls { get; init; }

    /// <summary>As the user wrote it, and as errors name it.</summary>
    public string Text { get; }

    /// <summary>Null: not by way of ssh.</summary>
    private SshTarget? Ssh { get; init; }

    /// <summary>Whether it is a socket of this host.</summary>
    public bool IsUnix => _port == 0 && Ssh is null;

    /// <param name="tls">For tcp; the port that is not given is then 2376, not 2375.</param>
    /// <exception cref="CliException">Not an address of one of the three kinds.</exception>
    public static DaemonAddress Parse(string text, ClientTls? tls = null)
    {
        if (text.StartsWith("unix://", StringComparison.Ordinal) && text.Length > "unix://".Length)
            return new DaemonAddress(text, text["unix://".Length..], 0);
        if (text.StartsWith("ssh://", StringComparison.Ordinal))
            return new DaemonAddress(text, "", 0) { Ssh = SshTarget.Parse(text) };
        var rest = text.Contains("://", StringComparison.Ordinal) ? text : "tcp://" + text;
        if (Uri.TryCreate(rest, UriKind.Absolute, out var uri) && uri.Scheme is "tcp" or "http" && uri.Host.Length > 0)
            return new DaemonAddress(text, uri.Host.Trim('[', ']'),
                uri.Port > 0 ? uri.Port : tls is null ? PlainPort : TlsPort) { Tls = tls };
        throw new CliException(
            $"unable to parse docker host `{text}`: write unix:///path/to/socket, tcp://host:port or ssh://user@host");
    }

    /// <summary>The Host header: what follows does not matter without a port, but must be there.</summary>
    public string HostHeader => _port == 0 ? "orch" : string.Create(CultureInfo.InvariantCulture, $"{_host}:{_port}");

    /// <exception cref="CliException">
    /// Nothing listens there, this user may not connect, or the two do not trust each other; says what to do.
    /// </exception>
    public HttpConnection Open() => new(Dial(), HostHeader);

    /// <summary>As <see cref="Open"/>, but for the bytes alone.</summary>
    public DaemonStream Dial()
    {
        if (Ssh is not null)
        {
            var ssh = SshStream.Open(Ssh);
            return new DaemonStream(ssh, ssh.CloseWrite);
        }
        var socket = Connect();
        var plain = new NetworkStream(socket, ownsSocket: true);
        if (Tls is null || IsUnix) return new DaemonStream(plain, () => socket.Shutdown(SocketShutdown.Send));
        var tls = Tls.Wrap(plain, _host, Text);
        // Over TLS its own closing word comes first, or the daemon would take the end for a cut.
        return new DaemonStream(tls, () => tls.ShutdownAsync().GetAwaiter().GetResult());
    }

    private Socket Connect()
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
