using System.Globalization;
using System.Text.RegularExpressions;
using Orchestrator.Oci.Bundle;

namespace Orchestrator.Engine.Containers;

/// <summary>Rules of <c>--device-cgroup-rule</c>: <c>c 42:* rmw</c>. Pure.</summary>
internal static partial class DeviceRules
{
    /// <exception cref="EngineException">Not of that form.</exception>
    public static DeviceRule Parse(string rule)
    {
        var match = Form().Match(rule);
        if (!match.Success || !TryNumber(match.Groups[2].Value, out var major)
            || !TryNumber(match.Groups[3].Value, out var minor))
            throw EngineException.Invalid($"invalid device cgroup rule format: '{rule}'");
        return new DeviceRule(true, match.Groups[1].Value, major, minor, match.Groups[4].Value);
    }

    /// <param name="permissions">Some of rwm, as <c>--device</c> has them.</param>
    public static bool ArePermissions(string permissions) =>
        permissions.Length is > 0 and <= 3 && permissions.All(c => c is 'r' or 'w' or 'm')
        && permissions.Distinct().Count() == permissions.Length;

    private static bool TryNumber(string text, out long? number)
    {
        number = null;
        if (text == "*")
            return true;
        var known = uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value);
        number = value;
        return known;
    }

    [GeneratedRegex(@"^([acb]) ([0-9]+|\*):([0-9]+|\*) ([rwm]{1,3})$")]
    private static partial Regex Form();
}
