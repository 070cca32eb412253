using System.Globalization;

namespace Orchestrator.NetHelper;

/// <summary>Lines in the helper's log file, which is its standard error. Few: only what an operator may ask
/// about.</summary>
internal static class HelperLog
{
    public static void Write(string text) =>
        Console.Error.WriteLine($"{DateTimeOffset.UtcNow.ToString("O", CultureInfo.InvariantCulture)} {text}");
}
