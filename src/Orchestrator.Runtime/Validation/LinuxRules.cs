using Orchestrator.Linux.Mounts;
using Orchestrator.Oci.Bundle;
using Orchestrator.Runtime.Plans;

namespace Orchestrator.Runtime.Validation;

/// <summary>Of the rest of <c>linux</c>.</summary>
internal static class LinuxRules
{
    public static IEnumerable<string> Faults(LinuxSpec linux)
    {
        if (linux.RootfsPropagation is { Length: > 0 } word && !MountPropagation.Words.ContainsKey(word))
            yield return
                $"linux.rootfsPropagation: \"{word}\" is none of {string.Join(", ", MountPropagation.Words.Keys.Order())}";
        if (linux.Personality is { } personality)
        {
            if (personality.Domain is not ("LINUX" or "LINUX32"))
                yield return $"linux.personality.domain: \"{personality.Domain}\" is neither LINUX nor LINUX32";
            if (personality.Flags is { Length: > 0 })
                yield return "linux.personality.flags: none is defined; drop them";
        }

        foreach (var fault in Absolute(linux.MaskedPaths, "linux.maskedPaths")
            .Concat(Absolute(linux.ReadonlyPaths, "linux.readonlyPaths")))
            yield return fault;
    }

    private static IEnumerable<string> Absolute(string[]? paths, string field)
    {
        foreach (var (index, path) in (paths ?? []).Index())
        {
            if (!path.StartsWith('/'))
                yield return $"{field}[{index}]: \"{path}\" is not an absolute path";
        }
    }
}
