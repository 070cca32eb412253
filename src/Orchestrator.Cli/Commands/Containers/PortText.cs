using System.Globalization;
using Orchestrator.Api;

namespace Orchestrator.Cli.Commands.Containers;

/// <summary>The PORTS cell: <c>80-81/tcp, 0.0.0.0:8080->80/tcp</c>, in docker's order.</summary>
internal static class PortText
{
    /// <remarks>
    /// Neighbours that keep their number become a range, address by address; ports that change theirs come last, one
    /// by one, as 80-81->90-91 would say nothing about the others.
    /// </remarks>
    public static string Format(IEnumerable<PortSummary> ports)
    {
        var (closed, moved) = (new List<string>(), new List<string>());
        var open = new List<Range>(); // One an address and protocol, in the order they first came.
        foreach (var port in ports.OrderBy(static p => p.PrivatePort).ThenBy(static p => p.IP, StringComparer.Ordinal)
            .ThenBy(static p => p.PublicPort).ThenBy(static p => p.Type, StringComparer.Ordinal))
        {
            var ip = string.IsNullOrEmpty(port.IP) ? null : port.IP;
            if (ip is not null && port.PublicPort != port.PrivatePort)
            {
                moved.Add(string.Create(
                    CultureInfo.InvariantCulture, $"{Host(ip)}:{port.PublicPort}->{port.PrivatePort}/{port.Type}"));
                continue;
            }
            var next = new Range(ip, port.Type, port.PrivatePort, port.PrivatePort);
            var i = open.FindIndex(r => r.Ip == next.Ip && r.Type == next.Type);
            if (i < 0) open.Add(next);
            else if (open[i].Last + 1 == next.First) open[i] = open[i] with { Last = next.Last };
            else
            {
                closed.Add(open[i].ToString());
                open[i] = next;
            }
        }
        return string.Join(", ", [.. closed, .. open.Select(static r => r.ToString()), .. moved]);
    }

    private static string Host(string ip) => ip.Contains(':', StringComparison.Ordinal) ? $"[{ip}]" : ip;

    private readonly record struct Range(string? Ip, string Type, int First, int Last)
    {
        public override string ToString()
        {
            var numbers = First == Last ? First.ToString(CultureInfo.InvariantCulture)
                : string.Create(CultureInfo.InvariantCulture, $"{First}-{Last}");
            return Ip is null ? $"{numbers}/{Type}" : $"{Host(Ip)}:{numbers}->{numbers}/{Type}";
        }
    }
}
