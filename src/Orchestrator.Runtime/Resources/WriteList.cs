using System.Globalization;
using Orchestrator.Linux.Cgroups;

namespace Orchestrator.Runtime.Resources;

/// <summary>The writes of a plan as they gather, and the words for what cannot be planned.</summary>
internal sealed class WriteList(CgroupSet cgroups)
{
    private const string Root = "linux.resources.";
    private readonly List<CgroupWrite> writes = [];

    public IReadOnlyList<CgroupWrite> Writes => writes;

    public CgroupSet Cgroups { get; } = cgroups;

    /// <summary>The controller's directory, for a setting that cannot be without it.</summary>
    public (string Path, bool IsV2) Need(string controller, string field, object value) =>
        Cgroups.For(controller) ?? throw Fault(field, value, Cgroups.Layout.Of(controller) is { IsV2: true }
            ? $"the cgroup above may not hand on the controller {controller}; choose a linux.cgroupsPath "
                + "whose parents have no processes of their own"
            : $"this host has no cgroup controller {controller}; leave it out, or enable it (see /proc/cgroups)");

    /// <summary>The controller's directory, for a setting that only v1 knows.</summary>
    public string NeedV1(string controller, string field, object value) => Need(controller, field, value) switch
    {
        ({ } directory, false) => directory,
        _ => throw Fault(field, value, "cgroup v2 has no such limit; leave it out"),
    };

    public void Add(
        string field, object value, string directory, string file, string text, string? remedy = null,
        Func<string, string?>? restore = null)
    {
        var write = new CgroupWrite(Root + field, $"{value}", $"{directory}/{file}", text) { Remedy = remedy };
        writes.Add(restore is null ? write : write with { Restore = restore });
    }

    public static RuntimeException Fault(string field, object value, string why) =>
        new($"{Root}{field} is {value}: {why}");

    /// <summary>The elements of an array with their names, <c>field[0]</c>.</summary>
    public static IEnumerable<(T Item, string Field)> Each<T>(IEnumerable<T?>? items, string field)
        where T : class
    {
        var index = 0;
        foreach (var item in items ?? [])
        {
            var name = $"{field}[{index++.ToString(CultureInfo.InvariantCulture)}]";
            yield return (item ?? throw Fault(name, "null", "leave it out"), name);
        }
    }

    /// <summary>Of a file with a line for each device or name: brings back the line that begins with the key.</summary>
    public static Func<string, string?> Line(string key, string unset) => before =>
        before.Split('\n').FirstOrDefault(l => l.StartsWith(key + " ", StringComparison.Ordinal)) ?? unset;
}
