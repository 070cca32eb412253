using System.Globalization;
using System.Net;
using Orchestrator.Runtime.Commands;

namespace Orchestrator.Runtime.Shim.Logs;

/// <summary>Where messages go and what they look like. Names of hosts are the daemon's to resolve.</summary>
/// <param name="EndPoint">Null: a path.</param>
/// <param name="Path">Null: an address.</param>
/// <param name="IsStream">TCP, or a stream socket of the unix family.</param>
internal sealed record SyslogOptions(
    IPEndPoint? EndPoint, string? Path, bool IsStream, int Facility, string Format, string Tag)
{
    private const string Secure = "tcp+tls";
    private const int Daemon = 3;

    public static readonly string[] Values =
        ["log-address", "log-facility", "log-format", "log-tag", "log-relay", "log-relay-arg"];

    /// <summary>What speaks TLS for us; null: the messages go as they are.</summary>
    public TlsRelay? Relay { get; init; }

    /// <exception cref="RuntimeException">Names the option and what it may be.</exception>
    public static SyslogOptions From(Arguments arguments)
    {
        var address = arguments["log-address"] ?? "unixgram:///dev/log";
        var parts = address.Split("://", 2);
        var isPath = parts[0] is "unix" or "unixgram";
        if (parts is not [_, { Length: > 0 } where] || (!isPath && parts[0] is not ("tcp" or "udp" or Secure)))
            throw new RuntimeException($"--log-address {address} is no address; use udp://1.2.3.4:514 or unix:///path", 2);
        return new SyslogOptions(
            isPath ? null : End(where, address), isPath ? where : null, parts[0] is "tcp" or "unix" or Secure,
            FacilityOf(arguments["log-facility"]), arguments["log-format"] ?? "", arguments["log-tag"] ?? "orch")
        {
            Relay = parts[0] == Secure
                ? new TlsRelay(arguments.Need("log-relay"), ["tls", where, .. arguments.Every("log-relay-arg")]) : null,
        };
    }

    private static IPEndPoint End(string text, string address) => IPEndPoint.TryParse(text, out var end)
        ? end : throw new RuntimeException($"--log-address {address}: the host must be an address", 2);

    private static int FacilityOf(string? text) => text is null ? Daemon
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= 23 ? number
            : throw new RuntimeException($"--log-facility {text} is unknown; use 0 to 23", 2);
}
