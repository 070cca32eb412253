using System.Globalization;
using Orchestrator.Linux.Netlink;

namespace Orchestrator.Network.Pipes;

/// <summary>Kind and settings of a queueing discipline or class, in the words of <c>tc</c>. Pure.</summary>
internal static class TrafficSettings
{
    // Longest first: "kbit" ends in "bit" too. Decimal for rates, as tc has it; kibit and its like are binary.
    private static readonly (string Unit, double Bytes)[] Rates =
    [
        ("kibit", 1024 / 8.0), ("mibit", 1024 * 1024 / 8.0), ("gibit", 1024.0 * 1024 * 1024 / 8),
        ("kbit", 1e3 / 8), ("mbit", 1e6 / 8), ("gbit", 1e9 / 8), ("tbit", 1e12 / 8),
        ("kbps", 1e3), ("mbps", 1e6), ("gbps", 1e9), ("bps", 1), ("bit", 1 / 8.0), ("", 1 / 8.0),
    ];

    private static readonly (string Unit, double Bytes)[] Sizes =
    [
        ("kbit", 1024 / 8.0), ("mbit", 1024 * 1024 / 8.0), ("gbit", 1024.0 * 1024 * 1024 / 8),
        ("kb", 1024), ("mb", 1024 * 1024), ("gb", 1024.0 * 1024 * 1024),
        ("k", 1024), ("m", 1024 * 1024), ("g", 1024.0 * 1024 * 1024), ("b", 1), ("", 1),
    ];

    private static readonly (string Unit, double Seconds)[] Times =
    [
        ("msecs", 1e-3), ("msec", 1e-3), ("ms", 1e-3), ("usecs", 1e-6), ("usec", 1e-6), ("us", 1e-6),
        ("secs", 1), ("sec", 1), ("s", 1), ("", 1e-6),
    ];

    public static TrafficKind Read(WordReader reader, bool isClass)
    {
        var kind = reader.Next("the kind");
        return (kind, isClass) switch
        {
            ("htb", true) => HtbClass(reader),
            ("htb", false) => Htb(reader),
            (_, true) => throw WordReader.Invalid($"\"{kind}\" has no classes that orch can set; htb has"),
            ("netem", _) => Netem(reader),
            ("tbf", _) => Tbf(reader),
            ("pfifo" or "bfifo", _) => Fifo(reader, kind),
            _ => reader.IsAtEnd ? new TrafficKind.Bare(kind) : throw reader.Unknown(),
        };
    }

    private static TrafficKind.Netem Netem(WordReader reader)
    {
        var netem = new TrafficKind.Netem();
        while (!reader.IsAtEnd)
            netem = With(netem, reader);
        return netem;
    }

    private static TrafficKind.Netem With(TrafficKind.Netem netem, WordReader reader)
    {
        if (reader.Take("delay", "latency"))
            return netem with
            {
                Delay = Time(reader, "delay"),
                Jitter = StartsWithDigit(reader) ? Time(reader, "jitter") : default,
                DelayCorrelation = OptionalShare(reader),
            };
        if (reader.Take("loss", "drop"))
        {
            reader.Take("random");
            return netem with { Loss = Share(reader, "loss"), LossCorrelation = OptionalShare(reader) };
        }

        if (reader.Take("duplicate"))
            return netem with { Duplicate = Share(reader, "duplicate"), DuplicateCorrelation = OptionalShare(reader) };
        if (reader.Take("corrupt"))
            return netem with { Corrupt = Share(reader, "corrupt"), CorruptCorrelation = OptionalShare(reader) };
        if (reader.Take("reorder"))
            return netem with { Reorder = Share(reader, "reorder"), ReorderCorrelation = OptionalShare(reader) };
        if (reader.Take("gap"))
            return netem with { Gap = reader.Number("gap") };
        if (reader.Take("limit"))
            return netem with { Limit = reader.Number("limit") };
        return reader.Take("rate") ? netem with { Rate = (ulong)Rate(reader) } : throw reader.Unknown();
    }

    private static TrafficKind.Tbf Tbf(WordReader reader)
    {
        double rate = 0, peak = 0, burst = 0, limit = 0, mtu = 0;
        TimeSpan? latency = null;
        while (!reader.IsAtEnd)
        {
            if (reader.Take("rate"))
                rate = Rate(reader);
            else if (reader.Take("burst", "buffer", "maxburst"))
                burst = Size(reader, "burst");
            else if (reader.Take("limit"))
                limit = Size(reader, "limit");
            else if (reader.Take("latency"))
                latency = Time(reader, "latency");
            else if (reader.Take("peakrate"))
                peak = Rate(reader);
            else if (reader.Take("mtu", "minburst"))
                mtu = Size(reader, "mtu");
            else
                throw reader.Unknown();
        }

        if (rate < 1 || burst < 1 || (limit < 1 && latency is null))
            throw WordReader.Invalid("tbf needs rate, burst, and limit or latency");
        if (peak > 0 && mtu < 1)
            throw WordReader.Invalid("peakrate needs mtu");
        if (latency is { } wait)
            limit = (rate * wait.TotalSeconds) + burst;
        return new TrafficKind.Tbf((ulong)rate, (uint)burst, (uint)limit, (ulong)peak, (uint)mtu);
    }

    private static TrafficKind.Htb Htb(WordReader reader)
    {
        var htb = new TrafficKind.Htb();
        while (!reader.IsAtEnd)
        {
            if (reader.Take("default"))
                htb = htb with { DefaultClass = Hex(reader) };
            else if (reader.Take("r2q"))
                htb = htb with { Quantum = reader.Number("r2q") };
            else
                throw reader.Unknown();
        }

        return htb;
    }

    private static TrafficKind.HtbClass HtbClass(WordReader reader)
    {
        double rate = 0, ceiling = 0, burst = 0, ceilingBurst = 0;
        uint priority = 0, quantum = 0;
        while (!reader.IsAtEnd)
        {
            if (reader.Take("rate"))
                rate = Rate(reader);
            else if (reader.Take("ceil"))
                ceiling = Rate(reader);
            else if (reader.Take("burst", "buffer"))
                burst = Size(reader, "burst");
            else if (reader.Take("cburst"))
                ceilingBurst = Size(reader, "cburst");
            else if (reader.Take("prio"))
                priority = reader.Number("prio");
            else if (reader.Take("quantum"))
                quantum = reader.Number("quantum");
            else
                throw reader.Unknown();
        }

        if (rate < 1)
            throw WordReader.Invalid("a class of htb needs a rate");
        return new TrafficKind.HtbClass(
            (ulong)rate, (ulong)(ceiling > 0 ? ceiling : rate), (uint)burst, (uint)ceilingBurst, priority, quantum);
    }

    private static TrafficKind.Fifo Fifo(WordReader reader, string kind) => reader.Take("limit")
        ? new TrafficKind.Fifo(kind, (uint)Size(reader, "limit"))
        : throw WordReader.Invalid($"{kind} needs a limit");

    private static uint Hex(WordReader reader)
    {
        var text = reader.Next("default");
        text = text.StartsWith("0x", StringComparison.Ordinal) ? text[2..] : text;
        return uint.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number)
            ? number : throw WordReader.Invalid($"invalid class \"{text}\": give its number, in hexadecimal");
    }

    private static bool StartsWithDigit(WordReader reader) =>
        reader.Peek is { Length: > 0 } word && char.IsAsciiDigit(word[0]) && !word.EndsWith('%');

    private static double OptionalShare(WordReader reader) =>
        reader.Peek is { Length: > 0 } word && char.IsAsciiDigit(word[0]) ? Share(reader, "correlation") : 0;

    /// <summary>Percent, with or without the sign.</summary>
    private static double Share(WordReader reader, string what)
    {
        var text = reader.Next(what);
        return double.TryParse(text.TrimEnd('%'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent)
            && percent is >= 0 and <= 100
            ? percent / 100 : throw WordReader.Invalid($"invalid {what} \"{text}\": give 0% to 100%");
    }

    private static double Rate(WordReader reader) => InUnits(reader, Rates, "rate", "2mbit");

    private static double Size(WordReader reader, string what) => InUnits(reader, Sizes, what, "15k");

    private static TimeSpan Time(WordReader reader, string what) =>
        TimeSpan.FromSeconds(InUnits(reader, Times, what, "100ms"));

    private static double InUnits(
        WordReader reader, (string Unit, double Factor)[] units, string what, string example)
    {
        var text = reader.Next(what);
        var lower = text.ToLowerInvariant();
        var (unit, factor) = Array.Find(units, u => lower.EndsWith(u.Unit, StringComparison.Ordinal));
        return double.TryParse(
            lower.AsSpan(0, lower.Length - unit.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            ? number * factor : throw WordReader.Invalid($"invalid {what} \"{text}\": write it as {example}");
    }
}
