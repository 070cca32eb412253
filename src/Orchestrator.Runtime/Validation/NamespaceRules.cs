using Orchestrator.Oci.Bundle;
using Orchestrator.Runtime.Plans;

namespace Orchestrator.Runtime.Validation;

/// <summary>Of <c>linux.namespaces</c>, and of what depends on there being one.</summary>
internal static class NamespaceRules
{
    private static readonly string[] Types = ["mount", "pid", "network", "ipc", "uts", "user", "cgroup", "time"];

    public static IEnumerable<string> Faults(RuntimeSpec spec)
    {
        var linux = spec.Linux ?? new LinuxSpec();
        return [.. Listed(linux), .. User(spec, linux), .. Time(linux), .. Names(spec, linux), .. Sysctls(linux)];
    }

    private static IEnumerable<string> Listed(LinuxSpec linux)
    {
        var all = linux.Namespaces ?? [];
        foreach (var (index, ns) in all.Index())
        {
            var field = $"linux.namespaces[{index}]";
            if (!Types.Contains(ns.Type))
                yield return $"{field}.type: \"{ns.Type}\" is none of {string.Join(", ", Types)}";
            if (all.Take(index).Any(n => n.Type == ns.Type))
                yield return $"{field}.type: {ns.Type} is there twice";
            if (NamespacePlan.IsByPath(ns) && !ns.Path!.StartsWith('/'))
                yield return $"{field}.path: \"{ns.Path}\" is not an absolute path";
        }

        if (all.All(n => n.Type != "mount"))
            yield return "linux.namespaces: a container needs a mount namespace; add {\"type\": \"mount\"}";
    }

    private static IEnumerable<string> User(RuntimeSpec spec, LinuxSpec linux)
    {
        (string Field, IdMapping[]? Map, uint Id)[] maps =
        [
            ("uid", linux.UidMappings, spec.Process?.User.Uid ?? 0), ("gid", linux.GidMappings, spec.Process?.User.Gid ?? 0),
        ];
        foreach (var (kind, map, id) in maps)
        {
            var field = $"linux.{kind}Mappings";
            if (!NamespacePlan.IsNew(linux, "user"))
            {
                if (map is { Length: > 0 })
                    yield return $"{field}: are only for a new user namespace; add {{\"type\": \"user\"}}, or drop them";
                continue;
            }

            if (!IdMapRules.Maps(map, 0))
                yield return $"{field}: id 0 is not mapped, and the new user namespace needs a root";
            else if (!IdMapRules.Maps(map, id))
                yield return $"process.user.{kind}: {id} is not mapped by {field}";
            foreach (var fault in IdMapRules.Faults(map, field))
                yield return fault;
        }
    }

    private static IEnumerable<string> Time(LinuxSpec linux)
    {
        const uint second = 1_000_000_000;
        if (linux.TimeOffsets is { Count: > 0 } && !NamespacePlan.IsNew(linux, "time"))
            yield return "linux.timeOffsets: are only for a new time namespace; add {\"type\": \"time\"}";
        foreach (var (clock, offset) in linux.TimeOffsets ?? [])
        {
            if (clock is not ("monotonic" or "boottime"))
                yield return $"linux.timeOffsets: \"{clock}\" is neither monotonic nor boottime";
            if (offset is null)
                yield return $"linux.timeOffsets.{clock}: is null";
            else if (offset.Nanosecs >= second)
                yield return $"linux.timeOffsets.{clock}.nanosecs: {offset.Nanosecs} is a second or more";
        }
    }

    private static IEnumerable<string> Names(RuntimeSpec spec, LinuxSpec linux)
    {
        const int longest = 64;
        var hasUts = (linux.Namespaces ?? []).Any(n => n.Type == "uts");
        foreach (var (field, name) in new[] { ("hostname", spec.Hostname), ("domainname", spec.Domainname) })
        {
            if (name is { Length: > 0 } && !hasUts)
                yield return $"{field}: needs a uts namespace; add {{\"type\": \"uts\"}}, or drop it";
            if (name?.Length > longest)
                yield return $"{field}: is longer than {longest} bytes";
        }
    }

    private static IEnumerable<string> Sysctls(LinuxSpec linux)
    {
        foreach (var (name, value) in linux.Sysctl ?? [])
        {
            if (value is null)
                yield return $"linux.sysctl.{name}: is null";
            if (Sysctl.Fault(name, linux) is { } fault)
                yield return $"linux.sysctl: {fault}";
        }
    }
}
