using System.Globalization;

namespace Orchestrator.Grpc.Wire;

/// <summary>The <c>grpc-timeout</c> header: at most eight digits and a unit.</summary>
internal static class Timeouts
{
    /// <summary>A timer cannot wait longer; a deadline beyond is told to the peer, but not watched.</summary>
    public static readonly TimeSpan Watched = TimeSpan.FromMilliseconds(int.MaxValue - 1);

    private const long MaxValue = 99_999_999;

    /// <summary>The finest unit that fits, rounded up: a peer must not give up before we do.</summary>
    public static string Encode(TimeSpan timeout)
    {
        var ticks = Math.Max(timeout.Ticks, 1);
        (long PerUnit, char Unit)[] units =
        [
            (TimeSpan.TicksPerMicrosecond, 'u'), (TimeSpan.TicksPerMillisecond, 'm'), (TimeSpan.TicksPerSecond, 'S'),
            (TimeSpan.TicksPerMinute, 'M'), (TimeSpan.TicksPerHour, 'H'),
        ];
        foreach (var (perUnit, unit) in units)
        {
            var count = ((ticks - 1) / perUnit) + 1;
            if (count <= MaxValue)
                return string.Create(CultureInfo.InvariantCulture, $"{count}{unit}");
        }

        return string.Create(CultureInfo.InvariantCulture, $"{MaxValue}H");
    }

    public static bool TryDecode(string? text, out TimeSpan timeout)
    {
        timeout = default;
        if (text is null or { Length: < 2 or > 9 }
            || !long.TryParse(
                text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count))
            return false;
        var ticks = text[^1] switch
        {
            'H' => TimeSpan.TicksPerHour,
            'M' => TimeSpan.TicksPerMinute,
            'S' => TimeSpan.TicksPerSecond,
            'm' => TimeSpan.TicksPerMillisecond,
            'u' => TimeSpan.TicksPerMicrosecond,
            'n' => 0,
            _ => -1,
        };
        if (ticks < 0)
            return false;
        timeout = ticks > 0 ? new TimeSpan(count * ticks) : new TimeSpan(count / TimeSpan.NanosecondsPerTick);
        return true;
    }
}
