namespace Orchestrator.Oci.Images;

internal static class Quoting
{
    /// <summary>Foreign text made fit for an error line: no control characters, not longer than a line.</summary>
    public static string Shorten(string? text)
    {
        var cut = text is null ? "" : text.Length <= 100 ? text : text[..97] + "...";
        return string.Concat(cut.Select(c => char.IsControl(c) ? '?' : c));
    }
}
