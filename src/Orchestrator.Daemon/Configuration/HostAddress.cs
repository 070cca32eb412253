using System.Net;
using Orchestrator.Daemon.Startup;

namespace Orchestrator.Daemon.Configuration;

/// <summary>One address of <c>--host</c>, as dockerd reads it. Pure.</summary>
/// <param name="Path">Of a unix socket; null: it is none.</param>
/// <param name="EndPoint">Of a TCP listener; null: it is none.</param>
/// <param name="Descriptor">Which of the sockets that systemd passed: a number, a name, or empty for all; null: none.
/// </param>
internal sealed record HostAddress(string? Path, IPEndPoint? EndPoint, string? Descriptor)
{
    private const string DefaultSocket = "/run/orch/orch.sock";
    private const int PlainPort = 2375, TlsPort = 2376;

    /// <exception cref="StartupException">It is no address.</exception>
    public static HostAddress Parse(string host, bool tls)
    {
        var at = host.IndexOf("://", StringComparison.Ordinal);
        var (scheme, rest) = at < 0 ? ("tcp", host) : (host[..at], host[(at + 3)..]);
        return scheme switch
        {
            _ when host.Trim().Length == 0 => new(DefaultSocket, null, null),
            "unix" when rest.Length == 0 => new(DefaultSocket, null, null),
            "unix" when rest.StartsWith('/') => new(rest, null, null),
            "fd" => new(null, null, rest is "*" ? "" : rest),
            "tcp" when EndPointOf(rest.TrimEnd('/'), tls ? TlsPort : PlainPort) is { } end => new(null, end, null),
            _ => throw new StartupException(
                $"host is \"{host}\"; write unix:///path, tcp://address:port or fd://."),
        };
    }

    public static string? FaultOf(string host)
    {
        try
        {
            Parse(host, tls: false);
            return null;
        }
        catch (StartupException e)
        {
            return e.Message;
        }
    }

    private static IPEndPoint? EndPointOf(string text, int port)
    {
        var colon = text.LastIndexOf(':');
        var (name, number) = colon < 0 || text.EndsWith(']') ? (text, "") : (text[..colon], text[(colon + 1)..]);
        var address = name switch { "" => "127.0.0.1", "localhost" => "127.0.0.1", _ => name };
        return number.Length > 0 && !ushort.TryParse(number, out _) ? null
            : IPAddress.TryParse(address, out var parsed)
                ? new IPEndPoint(parsed, number.Length > 0 ? ushort.Parse(number, null) : port) : null;
    }
}
