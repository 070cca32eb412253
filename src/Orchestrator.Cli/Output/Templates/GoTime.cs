using System.Globalization;

namespace Orchestrator.Cli.Output.Templates;

/// <summary>Times as Go's String() prints them: <c>2026-01-02 15:04:05.5 +0000 UTC</c>.</summary>
internal static class GoTime
{
    /// <param name="wire">RFC 3339, up to nine digits of a second; anything else is given back.</param>
    public static string Text(string wire)
    {
        if (wire.Length < 20 || wire[10] != 'T') return wire;
        var zone = wire.IndexOfAny(['Z', '+', '-'], 19);
        if (zone < 0) return wire;
        var fraction = wire[19..zone].TrimEnd('0').TrimEnd('.');
        var numeric = wire[zone..].Replace(":", "", StringComparison.Ordinal);
        var offset = wire[zone] == 'Z' ? "+0000 UTC" : $"{numeric} {numeric}";
        return string.Create(CultureInfo.InvariantCulture, $"{wire[..10]} {wire[11..19]}{fraction} {offset}");
    }
}
