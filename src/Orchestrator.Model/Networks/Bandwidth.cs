using System.Globalization;

namespace Orchestrator.Model;

/// <summary>What a container may send and receive at most on one network, in bytes a second; 0: no limit.</summary>
/// <param name="In">To the container.</param>
/// <param name="Out">From it.</param>
public readonly record struct Bandwidth(ulong In, ulong Out)
{
    /// <summary>Options of a network, for each container on it, and of one container's place there.</summary>
    public const string Option = "bandwidth", InOption = "bandwidth-in", OutOption = "bandwidth-out";

    // Longest first: "kbit" ends in "bit" too. Decimal, as tc has rates.
    private static readonly (string Unit, double Bytes)[] Units =
    [
        ("kbit", 1e3 / 8), ("mbit", 1e6 / 8), ("gbit", 1e9 / 8), ("kbps", 1e3), ("mbps", 1e6), ("gbps", 1e9),
        ("bit", 1 / 8.0), ("bps", 1),
    ];

    public static ImmutableArray<string> Options { get; } = [Option, InOption, OutOption];

    /// <summary>Less would not carry one packet in a tenth of a second.</summary>
    private const ulong Least = 8_000;

    public bool IsNone => this == default;

    /// <param name="network">Options of the network.</param>
    /// <param name="own">Those of the container's place there, which count before the network's.</param>
    public static Bandwidth Of(IReadOnlyDictionary<string, string> network, IReadOnlyDictionary<string, string> own) =>
        new(Direction(InOption, own, network), Direction(OutOption, own, network));

    /// <returns>The first option whose value is no rate, as <c>bandwidth=fast</c>; null: all are.</returns>
    public static string? FaultOf(IReadOnlyDictionary<string, string> options) => Options
        .Where(option => options.TryGetValue(option, out var text) && Rate(text) is null)
        .Select(option => $"{option}={options[option]}").FirstOrDefault();

    /// <summary>What to do about a <see cref="FaultOf"/>.</summary>
    public const string Remedy = "Write a number and bit, kbit, mbit, gbit or (bytes) bps, kbps, mbps, gbps, 64kbit or more, "
        + "such as 50mbit.";

    private static ulong Direction(
        string option, IReadOnlyDictionary<string, string> own, IReadOnlyDictionary<string, string> network)
    {
        foreach (var options in new[] { own, network })
        {
            if (options.TryGetValue(option, out var text) || options.TryGetValue(Option, out text))
                return Rate(text) ?? 0; // Checked as it was given.
        }

        return 0;
    }

    private static ulong? Rate(string text)
    {
        var (unit, bytes) = Array.Find(Units, u => text.EndsWith(u.Unit, StringComparison.OrdinalIgnoreCase));
        return unit is not null
            && double.TryParse(text.AsSpan(0, text.Length - unit.Length), NumberStyles.AllowDecimalPoint,
                CultureInfo.InvariantCulture, out var number)
            && number * bytes is >= Least and <= 1e13 ? (ulong)(number * bytes) : null;
    }
}
