using System.Globalization;
using Orchestrator.Api;

namespace Orchestrator.Cli.Commands.Containers;

/// <summary>The PORTS cell: <c>0.0.0.0:8080->80/tcp, 443/tcp</c>, neighbours merged into ranges.</summary>
internal static class PortText
{
    public static string Format(IEnumerable<PortSummary> ports)
    {
        var parts = new List<string>();
        Span? open = null;
        foreach (var port in ports.OrderBy(static p => p.PrivatePort).ThenBy(static p => p.IP, StringComparer.Ordinal)
            .ThenBy(static p => p.PublicPort).ThenBy(static p => p.Type, StringComparer.Ordinal)
            .GroupBy(static p => (p.IP, p.Type, Moved: p.PublicPort is { } pub && pub != p.PrivatePort))
            .SelectMany(static group => group))
        {
            var next = new Span(
                port.IP, port.PublicPort is not null, port.PublicPort ?? port.PrivatePort, port.PrivatePort,
                port.PrivatePort, port.Type);
            if (open is { } span && span.TryExtend(next) is { } longer)
            {
                open = longer;
                continue;
            }
            if (open is { } done) parts.Add(done.ToString());
            open = next;
        }
        if (open is { } last) parts.Add(last.ToString());
        return string.Join(", ", parts);
    }

    private readonly record struct Span(string? Ip, bool Published, int Public, int First, int Last, string Type)
    {
        /// <summary>
        /// Only ports that keep their number are merged, as 80-81->80-81 says nothing about the others.
        /// </summary>
        public Span? TryExtend(Span next) =>
            Ip == next.Ip && Type == next.Type && Published == next.Published && next.First == Last + 1
                && Public == First && next.Public == next.First
                ? this with { Last = next.Last }
                : null;

        public override string ToString()
        {
            var inner = Range(First);
            if (!Published) return $"{inner}/{Type}";
            var ip = Ip?.Contains(':', StringComparison.Ordinal) == true ? $"[{Ip}]" : Ip;
            return string.IsNullOrEmpty(ip) ? $"{Range(Public)}->{inner}/{Type}"
                : $"{ip}:{Range(Public)}->{inner}/{Type}";
        }

        private string Range(int first) => First == Last
            ? first.ToString(CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{first}-{first + Last - First}");
    }
}
