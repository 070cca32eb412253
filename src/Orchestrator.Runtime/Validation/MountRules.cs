using Orchestrator.Oci.Bundle;
using Orchestrator.Runtime.Plans;

namespace Orchestrator.Runtime.Validation;

/// <summary>Of <c>mounts</c>.</summary>
internal static class MountRules
{
    /// <summary>What mount(2) takes of a file system's options: a page.</summary>
    private const int LongestData = 4095;

    public static IEnumerable<string> Faults(RuntimeSpec spec) =>
        (spec.Mounts ?? []).Index().SelectMany(m => Faults(m.Item, $"mounts[{m.Index}]", spec.Linux ?? new LinuxSpec()));

    private static IEnumerable<string> Faults(MountSpec mount, string field, LinuxSpec linux)
    {
        var options = MountOptions.Parse(mount.Options);
        if (!mount.Destination.StartsWith('/'))
            yield return $"{field}.destination: \"{mount.Destination}\" is not an absolute path";
        else if (MountPlan.Target(mount) == "/")
            yield return $"{field}.destination: is the root itself; give root.path instead";
        else if (MountPlan.IsForbidden(mount))
            yield return $"{field}.destination: a mount on {mount.Destination} is not allowed; mount elsewhere";
        foreach (var fault in MountPlan.IsBind(mount)
            ? Bind(mount, options, field) : FileSystem(mount, options, field))
            yield return fault;
        foreach (var fault in IdMap(mount, options, field, linux))
            yield return fault;
    }

    private static IEnumerable<string> Bind(MountSpec mount, MountOptions options, string field)
    {
        if (mount.Source is not { Length: > 0 } && !options.Remount)
            yield return $"{field}.source: is missing: a bind needs one";
        if (options.Data is { } unknown)
            yield return $"{field}.options: \"{unknown}\" is no option of a bind mount";
        if (options.CopyUp)
            yield return $"{field}.options: tmpcopyup is only for a tmpfs";
    }

    private static IEnumerable<string> FileSystem(MountSpec mount, MountOptions options, string field)
    {
        if (mount.Type is not { Length: > 0 } && !options.Remount)
            yield return $"{field}.type: is missing; give a file system, or the option bind";
        if (options.CopyUp && mount.Type != "tmpfs")
            yield return $"{field}.options: tmpcopyup is only for a tmpfs";
        if (options.Data?.Length > LongestData)
            yield return $"{field}.options: are longer than {LongestData} bytes";
    }

    private static IEnumerable<string> IdMap(MountSpec mount, MountOptions options, string field, LinuxSpec linux)
    {
        var users = mount.UidMappings is { Length: > 0 };
        if (users != mount.GidMappings is { Length: > 0 })
            yield return $"{field}.{(users ? "gidMappings" : "uidMappings")}: is missing; give both or neither";
        if (!users && !options.IdMap)
            yield break;
        if (!MountPlan.IsBind(mount))
            yield return $"{field}.options: only a bind mount can have its ids mapped";
        if (!users && !NamespacePlan.HasUser(linux))
            yield return $"{field}.uidMappings: are missing, and the container has no user namespace to take them from";
        foreach (var fault in IdMapRules.Faults(mount.UidMappings, $"{field}.uidMappings")
            .Concat(IdMapRules.Faults(mount.GidMappings, $"{field}.gidMappings")))
            yield return fault;
    }
}
