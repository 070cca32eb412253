using System.Globalization;
using System.Text;

namespace Orchestrator.Cli.Output.Templates;

/// <summary>Text made fit to stand in other languages, as Go's templates do.</summary>
internal static class TextEscapes
{
    public static string Html(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal)
        .Replace("\"", "&#34;", StringComparison.Ordinal).Replace("'", "&#39;", StringComparison.Ordinal)
        .Replace("\0", "\uFFFD", StringComparison.Ordinal);

    public static string UrlQuery(string text) =>
        Uri.EscapeDataString(text).Replace("%20", "+", StringComparison.Ordinal);

    public static string Js(string text)
    {
        var output = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (c is '\\' or '\'' or '"') output.Append('\\').Append(c);
            else if (c is '<' or '>' or '&' or '='
                || char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format)
                output.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}");
            else output.Append(c);
        }
        return output.ToString();
    }
}
