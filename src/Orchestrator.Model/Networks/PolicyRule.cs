using System.Globalization;

namespace Orchestrator.Model;

/// <summary>One line of a network's allow-list: who may open connections to whom.</summary>
/// <param name="From">A service, or a container of no service, by name; <see cref="Anyone"/>: whoever is there.</param>
/// <param name="To">The same.</param>
/// <param name="Protocol">tcp, udp, sctp or icmp; empty: all.</param>
/// <param name="FirstPort">0 with <paramref name="LastPort"/> 65535: all.</param>
public sealed record PolicyRule(string From, string To, string Protocol, int FirstPort, int LastPort)
{
    public const string Anyone = "*";

    /// <summary>How one is written.</summary>
    public const string Form = "FROM:TO[:PORT[-PORT]][/PROTOCOL]";

    private const int MaxPort = 65535;

    public bool HasAllPorts => FirstPort == 0 && LastPort == MaxPort;

    /// <param name="text">As <see cref="Form"/> has it; <c>-></c> may stand for the first colon, where a shell lets
    /// it.</param>
    /// <returns>Null: it is none.</returns>
    public static PolicyRule? Parse(string text)
    {
        var parts = text.Trim().Replace("->", ":", StringComparison.Ordinal).Split('/');
        var fields = parts[0].Split(':');
        if (parts.Length > 2 || fields.Length is < 2 or > 3 || !IsName(fields[0]) || !IsName(fields[1]))
            return null;
        var protocol = parts.Length == 2 ? parts[1] : fields.Length == 3 ? "tcp" : "";
        if (parts.Length == 2 && protocol is not ("tcp" or "udp" or "sctp" or "icmp"))
            return null;
        if (fields.Length == 2)
            return new PolicyRule(fields[0], fields[1], protocol, 0, MaxPort);
        return protocol != "icmp" && Ports(fields[2]) is var (first, last)
            ? new PolicyRule(fields[0], fields[1], protocol, first, last) : null;
    }

    public override string ToString() =>
        $"{From}:{To}"
        + (HasAllPorts ? "" : FirstPort == LastPort ? $":{FirstPort}" : $":{FirstPort}-{LastPort}")
        + (Protocol.Length > 0 ? $"/{Protocol}" : "");

    private static bool IsName(string text) =>
        text == Anyone || (text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_'));

    private static (int First, int Last)? Ports(string text)
    {
        var ends = text.Split('-');
        return ends.Length <= 2 && Port(ends[0]) is { } first && Port(ends[^1]) is { } last && first <= last
            ? (first, last) : null;
    }

    private static int? Port(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= MaxPort
            ? port : null;
}
