using Orchestrator.Oci.Bundle;

namespace Orchestrator.Oci.Seccomp;

/// <summary>A profile and what a container has → what config.json says. Pure.</summary>
public static class ProfileResolver
{
    private const string NativeArchitecture = "SCMP_ARCH_X86_64", NativeName = "amd64";

    /// <param name="bounding">The container's bounding set, names with CAP_.</param>
    /// <param name="kernel">Of the host it runs on.</param>
    /// <returns>Null: the profile is empty, which is no filter.</returns>
    /// <exception cref="InvalidDataException">The profile says two things at once, or a version that is none.
    /// </exception>
    public static SeccompSpec? Resolve(SeccompProfile profile, IReadOnlyCollection<string> bounding, Version kernel)
    {
        if (string.IsNullOrEmpty(profile.DefaultAction) && profile.Syscalls is not { Length: > 0 })
            return null;
        return new SeccompSpec
        {
            DefaultAction = profile.DefaultAction ?? "",
            DefaultErrnoRet = profile.DefaultErrnoRet,
            Architectures = Architectures(profile),
            Flags = profile.Flags,
            ListenerPath = profile.ListenerPath,
            ListenerMetadata = profile.ListenerMetadata,
            Syscalls = [.. Rules(profile, bounding, kernel)],
        };
    }

    private static string[]? Architectures(SeccompProfile profile)
    {
        if (profile.ArchMap is not { Length: > 0 } map)
            return profile.Architectures;
        if (profile.Architectures is { Length: > 0 })
            throw new InvalidDataException(
                "both 'architectures' and 'archMap' are specified in the seccomp profile, "
                + "use either 'architectures' or 'archMap'");
        var native = Array.Find(map, entry => entry?.Architecture == NativeArchitecture);
        return native is null ? [] : [native.Architecture, .. native.SubArchitectures ?? []];
    }

    private static IEnumerable<SyscallRule> Rules(
        SeccompProfile profile, IReadOnlyCollection<string> bounding, Version kernel)
    {
        foreach (var rule in profile.Syscalls ?? [])
        {
            if (rule is null)
                throw new InvalidDataException("a rule of the seccomp profile is null");
            if (rule is { Name.Length: > 0, Names.Length: > 0 })
                throw new InvalidDataException(
                    "both 'name' and 'names' are specified in the seccomp profile, use either 'name' or 'names'");
            if (Counts(rule, bounding, kernel))
                yield return new SyscallRule
                {
                    Names = rule.Name is { Length: > 0 } name ? [name] : rule.Names ?? [],
                    Action = rule.Action ?? "",
                    ErrnoRet = rule.ErrnoRet,
                    Args = rule.Args is { Length: > 0 } arguments ? arguments : null,
                };
        }
    }

    private static bool Counts(ProfileRule rule, IReadOnlyCollection<string> bounding, Version kernel)
    {
        var (includes, excludes) = (rule.Includes, rule.Excludes);
        var excluded = (excludes?.Arches ?? []).Contains(NativeName)
            || (excludes?.Caps ?? []).Any(bounding.Contains)
            || (excludes?.MinKernel is { Length: > 0 } from && kernel >= Parse(from));
        return !excluded
            && (includes?.Arches is not { Length: > 0 } arches || arches.Contains(NativeName))
            && (includes?.Caps ?? []).All(bounding.Contains)
            && (includes?.MinKernel is not { Length: > 0 } least || kernel >= Parse(least));
    }

    private static Version Parse(string kernel) => Version.TryParse(kernel, out var version) ? version
        : throw new InvalidDataException($"minKernel \"{kernel}\" of the seccomp profile is no version as 4.8");
}
