using System.Globalization;
using Orchestrator.Api;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Specs;

/// <summary>The grammars of flags about devices, with docker's words for what they are not.</summary>
internal static class DeviceSpecs
{
    /// <summary><c>host[:container[:rwm]]</c>; two parts may be <c>host:rwm</c>.</summary>
    /// <exception cref="FormatException">Not of that form.</exception>
    public static DeviceMapping Mapping(string text)
    {
        var parts = text.Split(':');
        var (target, permissions) = parts switch
        {
            [{ Length: > 0 } path] => (path, "rwm"),
            [{ Length: > 0 } path, var second] when ArePermissions(second) => (path, second),
            [{ Length: > 0 }, var second] => (second, "rwm"),
            [{ Length: > 0 }, var second, var third] => (second, ArePermissions(third)
                ? third : throw new FormatException($"bad mode specified: {third}")),
            _ => throw new FormatException($"bad format for path: {text}"),
        };
        if (!target.StartsWith('/')) throw new FormatException($"{target} is not an absolute path");
        return new DeviceMapping { PathOnHost = parts[0], PathInContainer = target, CgroupPermissions = permissions };
    }

    /// <summary><c>c 42:* rmw</c>.</summary>
    public static string CgroupRule(string text)
    {
        var words = text.Split(' ');
        var isRule = words is ["a" or "b" or "c", var device, { Length: > 0 and <= 3 } access]
            && device.Split(':') is [var major, var minor] && IsNumber(major) && IsNumber(minor)
            && access.Trim('r', 'w', 'm').Length == 0;
        return isRule ? text : throw new FormatException($"invalid device cgroup format '{text}'");
    }

    /// <summary><c>/dev/sda:500</c>.</summary>
    public static WeightDevice Weight(string text)
    {
        var (path, value) = Split(text);
        return ushort.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var weight)
            && weight is 0 or (>= 10 and <= 1000)
            ? new WeightDevice { Path = path, Weight = weight }
            : throw new FormatException($"invalid weight for device: {text}");
    }

    /// <summary><c>/dev/sda:10mb</c>, <c>/dev/sda:1000</c>.</summary>
    public static ThrottleDevice Rate(string text)
    {
        var (path, value) = Split(text);
        try
        {
            if (ByteSize.Parse(value) is >= 0 and var rate)
                return new ThrottleDevice { Path = path, Rate = (ulong)rate };
        }
        catch (FormatException)
        {
        }

        throw new FormatException(
            $"invalid rate for device: {text}. The correct format is <device-path>:<number>[<unit>]. "
            + "Number must be a positive integer. Unit is optional and can be kb, mb, or gb");
    }

    private static (string Path, string Value) Split(string text)
    {
        var parts = text.Split(':', 2);
        if (parts.Length != 2 || parts[0].Length == 0) throw new FormatException($"bad format: {text}");
        return parts[0].StartsWith("/dev/", StringComparison.Ordinal)
            ? (parts[0], parts[1]) : throw new FormatException($"bad format for device path: {text}");
    }

    private static bool ArePermissions(string text) =>
        text.Length is > 0 and <= 3 && text.Trim('r', 'w', 'm').Length == 0 && text.Distinct().Count() == text.Length;

    private static bool IsNumber(string text) => text == "*" || (text.Length > 0 && text.All(char.IsAsciiDigit));
}
