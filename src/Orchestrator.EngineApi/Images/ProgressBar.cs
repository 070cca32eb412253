using System.Globalization;

namespace Orchestrator.EngineApi.Images;

/// <summary>The text of a bar for clients that draw none: <c>[=====&gt;     ]  1.2MB/3.4MB</c>.</summary>
internal static class ProgressBar
{
    private const int Width = 50;
    private static readonly string[] Units = ["B", "kB", "MB", "GB", "TB"];

    public static string? Of(long? current, long? total)
    {
        if (current is not { } done)
            return null;
        if (total is not > 0)
            return Size(done);
        var filled = (int)(Math.Min(1.0, (double)done / total.Value) * Width);
        var bar = filled >= Width ? new string('=', Width) + ">"
            : new string('=', filled) + ">" + new string(' ', Width - filled);
        return $"[{bar}]  {Size(done)}/{Size(total.Value)}";
    }

    private static string Size(long bytes)
    {
        var (value, unit) = ((double)bytes, 0);
        for (; value >= 1000 && unit < Units.Length - 1; unit++)
            value /= 1000;
        return value.ToString("G4", CultureInfo.InvariantCulture) + Units[unit];
    }
}
