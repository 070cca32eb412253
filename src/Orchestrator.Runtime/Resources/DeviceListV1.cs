using System.Globalization;
using Orchestrator.Linux.Cgroups;

namespace Orchestrator.Runtime.Resources;

/// <summary>Device rules as v1's lists: a default, and exceptions from it.</summary>
/// <remarks>v1 keeps no order: taking part of an exception back is lost on it without a word. Such rules are refused.
/// </remarks>
internal static class DeviceListV1
{
    public static IReadOnlyList<CgroupWrite> Build(IReadOnlyList<DeviceAccess> rules, string directory)
    {
        var allowed = false;
        var exceptions = new List<DeviceAccess>();
        foreach (var rule in rules)
        {
            if (rule.IsEverything)
                (allowed, exceptions) = (rule.Allow, []);
            else if (rule.Allow == allowed)
                TakeBack(rule, exceptions);
            else
                exceptions.Add(rule);
        }

        var writes = new List<CgroupWrite>
        {
            new("linux.resources.devices", "[…]", $"{directory}/{File(allowed)}", "a"),
        };
        foreach (var exception in exceptions)
        {
            foreach (var line in Lines(exception))
                writes.Add(new($"linux.resources.{exception.Field}", line, $"{directory}/{File(!allowed)}", line));
        }

        return writes;
    }

    /// <summary>"c 1:3 rwm".</summary>
    internal static IEnumerable<string> Lines(DeviceAccess rule)
    {
        var uses = string.Concat(
            rule.Use.HasFlag(DeviceUse.Read) ? "r" : "",
            rule.Use.HasFlag(DeviceUse.Write) ? "w" : "",
            rule.Use.HasFlag(DeviceUse.MakeNode) ? "m" : "");
        string[] types = rule.Type switch { DeviceType.Block => ["b"], DeviceType.Char => ["c"], _ => ["b", "c"] };
        foreach (var type in types)
            yield return $"{type} {Number(rule.Major)}:{Number(rule.Minor)} {uses}";
    }

    private static void TakeBack(DeviceAccess rule, List<DeviceAccess> exceptions)
    {
        for (var i = exceptions.Count - 1; i >= 0; i--)
        {
            var other = exceptions[i];
            if (!Overlap(rule, other))
                continue;
            if (!Covers(rule, other))
                throw WriteList.Fault(rule.Field, Lines(rule).First(),
                    $"cgroup v1 cannot take out a part of an earlier rule ({other.Field}); write that one narrower");
            exceptions[i] = other with { Use = other.Use & ~rule.Use };
            if (exceptions[i].Use == DeviceUse.None)
                exceptions.RemoveAt(i);
        }
    }

    private static bool Overlap(DeviceAccess a, DeviceAccess b) => (a.Use & b.Use) != 0
        && (a.Type == b.Type || a.Type == DeviceType.Any || b.Type == DeviceType.Any)
        && (a.Major == b.Major || a.Major is null || b.Major is null)
        && (a.Minor == b.Minor || a.Minor is null || b.Minor is null);

    private static bool Covers(DeviceAccess wide, DeviceAccess narrow) =>
        (wide.Type == DeviceType.Any || wide.Type == narrow.Type)
        && (wide.Major is null || wide.Major == narrow.Major) && (wide.Minor is null || wide.Minor == narrow.Minor);

    private static string Number(uint? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "*";

    private static string File(bool allow) => allow ? "devices.allow" : "devices.deny";
}
