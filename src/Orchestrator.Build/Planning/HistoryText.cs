using System.Globalization;
using System.Text;
using Orchestrator.Build.Syntax;

namespace Orchestrator.Build.Planning;

/// <summary>Lists and times as docker's history shows them.</summary>
internal static class HistoryText
{
    /// <summary><c>["a" "b"]</c></summary>
    public static string Quoted(IEnumerable<string> words) => $"[{string.Join(' ', words.Select(GoText.Quote))}]";

    /// <summary><c>[a b]</c></summary>
    public static string Plain(IEnumerable<string> words) => $"[{string.Join(' ', words)}]";

    /// <summary><c>1m30s</c></summary>
    public static string Duration(TimeSpan span)
    {
        if (span == TimeSpan.Zero)
            return "0s";
        var text = new StringBuilder();
        if (span.TotalHours >= 1)
            text.Append(CultureInfo.InvariantCulture, $"{(long)span.TotalHours}h");
        if (span.TotalMinutes >= 1)
            text.Append(CultureInfo.InvariantCulture, $"{span.Minutes}m");
        var seconds = span.TotalSeconds - (Math.Floor(span.TotalMinutes) * 60);
        return text.Append(CultureInfo.InvariantCulture, $"{seconds:0.#########}s").ToString();
    }
}
