using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Orchestrator.Engine.Containers;

/// <summary>The log options of syslog that are more than a word. Docker's grammar.</summary>
internal static class SyslogAddress
{
    private const string Secure = "tcp+tls";
    private const int DefaultPort = 514;

    private static readonly string[] Facilities =
    [
        "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp", "", "", "",
        "", "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7",
    ];

    /// <returns>Null: it can be used.</returns>
    public static string? FaultOf(string address) => address.Split("://", 2) switch
    {
        ["unix" or "unixgram", var path] => path.StartsWith('/') ? null : "use unix:///path or unixgram:///path",
        ["udp" or "tcp" or Secure, { Length: > 0 } host] when TrySplit(host, out _, out _) => null,
        _ => "use udp://host:port, tcp://host:port, tcp+tls://host:port, unix:///path or unixgram:///path",
    };

    /// <returns>Whom to ask for a certificate; null: it is not TLS.</returns>
    public static string? SecureHostOf(string address) =>
        address.Split("://", 2) is [Secure, var rest] && TrySplit(rest, out var host, out _) ? host : null;

    /// <summary>A word, or the number that it stands for; null: neither.</summary>
    public static int? FacilityOf(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number <= 23 ? number : null
            : text.Length > 0 && Array.IndexOf(Facilities, text) is >= 0 and var index ? index : null;

    /// <summary>The address with its host looked up: who sends cannot do that.</summary>
    /// <param name="address">Without a fault.</param>
    /// <exception cref="EngineException">There is no such host.</exception>
    public static async Task<string> ResolveAsync(string address, CancellationToken cancellationToken)
    {
        var parts = address.Split("://", 2);
        if (parts[0] is "unix" or "unixgram" || !TrySplit(parts[1], out var host, out var port))
            return address;
        try
        {
            var all = await Dns.GetHostAddressesAsync(host, cancellationToken);
            var first = Array.Find(all, one => one.AddressFamily == AddressFamily.InterNetwork) ?? all[0];
            return $"{parts[0]}://{new IPEndPoint(first, port)}";
        }
        catch (SocketException e)
        {
            throw new EngineException(
                EngineError.Internal, $"failed to initialize logging driver: lookup {host}: {e.Message}", e);
        }
    }

    private static bool TrySplit(string text, out string host, out int port)
    {
        var colon = text.LastIndexOf(':');
        var hasPort = colon > 0 && !text.EndsWith(']') && (text.IndexOf(':') == colon || text[colon - 1] == ']');
        port = DefaultPort;
        host = (hasPort ? text[..colon] : text).Trim('[', ']');
        return host.Length > 0 && (!hasPort || (int.TryParse(
            text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and <= 65535));
    }
}
