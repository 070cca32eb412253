using System.Net;
using System.Net.Sockets;

namespace Orchestrator.Ingress.Routing;

/// <summary>The standard's header for what X-Forwarded-For and its like say. Pure.</summary>
/// <remarks>Source: RFC 7239, §4 and §6: what is no token, such as a port or an IPv6 address, is quoted.</remarks>
internal static class ForwardedHeader
{
    public const string Name = "Forwarded";

    public static string Write(IPAddress? client, string host, string scheme) =>
        $"for={Node(client)};host={(host.Contains(':', StringComparison.Ordinal) ? $"\"{host}\"" : host)};proto={scheme}";

    private static string Node(IPAddress? client) => client switch
    {
        null => "unknown",
        { AddressFamily: AddressFamily.InterNetworkV6 } => $"\"[{client}]\"",
        _ => client.ToString(),
    };
}
