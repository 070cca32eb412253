using Orchestrator.Oci.Bundle;

namespace Orchestrator.Runtime.Validation;

/// <summary>All that can be said of a config.json without looking at the host, each fault with its field's name.
/// </summary>
internal static class SpecValidator
{
    /// <returns>Found as they are asked for; empty: usable.</returns>
    public static IEnumerable<string> Faults(RuntimeSpec spec) =>
    [
        .. Root(spec),
        .. spec.Process is { } process ? ProcessRules.Faults(process) : ["process: is missing: there is nothing to run"],
        .. MountRules.Faults(spec),
        .. NamespaceRules.Faults(spec),
        .. DeviceRules.Faults(spec.Linux ?? new LinuxSpec()),
        .. LinuxRules.Faults(spec.Linux ?? new LinuxSpec()),
        .. HookRules.Faults(spec.Hooks ?? new HooksSpec()),
    ];

    /// <exception cref="RuntimeException">The first fault.</exception>
    public static void Check(RuntimeSpec spec)
    {
        if (Faults(spec).FirstOrDefault() is { } fault)
            throw new RuntimeException(fault);
    }

    /// <exception cref="RuntimeException">The first fault.</exception>
    public static void Check(ProcessSpec process)
    {
        if (ProcessRules.Faults(process).FirstOrDefault() is { } fault)
            throw new RuntimeException(fault);
    }

    private static IEnumerable<string> Root(RuntimeSpec spec)
    {
        if (!Version.TryParse(spec.OciVersion.Split('-', '+')[0], out var version) || version.Build < 0)
            yield return $"ociVersion: \"{spec.OciVersion}\" is no version such as {RuntimeSpec.CurrentVersion}";
        else if (version.Major != 1)
            yield return $"ociVersion: {spec.OciVersion} is not known here; versions 1.x are";
        if (spec.Root is null)
            yield return "root: is missing: a container needs a root file system";
        else if (spec.Root.Path.Length == 0)
            yield return "root.path: is empty";
        foreach (var (name, value) in spec.Annotations ?? [])
        {
            if (name.Length == 0)
                yield return "annotations: one has no name";
            if (value is null)
                yield return $"annotations.{name}: is null";
        }
    }
}
