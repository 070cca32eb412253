using Orchestrator.Linux.Files;

namespace Orchestrator.Linux.Cgroups;

/// <summary>One mounted cgroup hierarchy.</summary>
/// <param name="Name">Its directory's name under the cgroup mount, as <c>memory</c> or <c>unified</c>.</param>
/// <param name="Controllers">Of v1: those mounted here. Of v2: those not bound to a v1 hierarchy.</param>
public sealed record CgroupHierarchy(
    string Name, string MountPoint, bool IsV2, IReadOnlyList<string> Controllers);

/// <summary>Which controller is where. Decided per controller, not per host: a hybrid host has both kinds.</summary>
public sealed record CgroupLayout(IReadOnlyList<CgroupHierarchy> Hierarchies)
{
    /// <summary>Only cgroup v2.</summary>
    public bool IsUnified => Hierarchies is [{ IsV2: true }];

    /// <summary>The v2 hierarchy, controllers or not: freeze and kill work there at any rate.</summary>
    public CgroupHierarchy? Unified => Hierarchies.FirstOrDefault(h => h.IsV2);

    public CgroupHierarchy? Of(string controller) =>
        Hierarchies.FirstOrDefault(h => h.Controllers.Contains(controller));

    /// <summary>As this process sees the host now.</summary>
    public static CgroupLayout Detect() => Parse(
        (SmallFile.TryRead("/proc/self/mountinfo") ?? "").Split('\n'),
        mount => SmallFile.TryRead($"{mount}/cgroup.controllers") ?? "");

    /// <param name="mountInfo">Lines of /proc/PID/mountinfo.</param>
    /// <param name="unifiedControllers">Content of cgroup.controllers of a v2 mount point.</param>
    internal static CgroupLayout Parse(IEnumerable<string> mountInfo, Func<string, string> unifiedControllers)
    {
        var found = new List<CgroupHierarchy>();
        foreach (var line in mountInfo)
        {
            if (Read(line, unifiedControllers) is { } hierarchy && found.All(h => h.MountPoint != hierarchy.MountPoint
                && !h.Controllers.Intersect(hierarchy.Controllers).Any() && !(h.IsV2 && hierarchy.IsV2)))
                found.Add(hierarchy);
        }

        return new CgroupLayout(found);
    }

    /// <summary>"30 24 0:26 / /sys/fs/cgroup/memory rw,relatime … - cgroup cgroup rw,memory".</summary>
    private static CgroupHierarchy? Read(string line, Func<string, string> unifiedControllers)
    {
        var separator = line.IndexOf(" - cgroup", StringComparison.Ordinal);
        if (separator < 0)
            return null;
        var mountPoint = line.Split(' ')[4].Replace("\\040", " ", StringComparison.Ordinal);
        var tail = line[(separator + 3)..].Split(' ');
        var name = Path.GetFileName(mountPoint);
        if (tail[0] == "cgroup2")
            return new(name, mountPoint, true, Words(unifiedControllers(mountPoint), ' ', '\n'));
        var options = Words(tail[2], ',').Where(o => o is not ("rw" or "ro" or "xattr" or "clone_children")
            && !o.StartsWith("release_agent=", StringComparison.Ordinal)).ToArray();
        var named = options.Any(o => o.StartsWith("name=", StringComparison.Ordinal));
        return new(name, mountPoint, false, named ? [] : options);
    }

    private static string[] Words(string text, params char[] separators) =>
        text.Split(separators, StringSplitOptions.RemoveEmptyEntries);
}
