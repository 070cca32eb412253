using Orchestrator.Oci.Bundle;

namespace Orchestrator.Runtime.Validation;

/// <summary>Of <c>linux.devices</c> and the rules about devices.</summary>
internal static class DeviceRules
{
    private const long LastMajor = (1 << 12) - 1, LastMinor = (1 << 20) - 1;
    private const uint LargestMode = 0xfff, KindBits = 0xf000;

    public static IEnumerable<string> Faults(LinuxSpec linux)
    {
        var all = linux.Devices ?? [];
        foreach (var (index, device) in all.Index())
        {
            var field = $"linux.devices[{index}]";
            if (device.Type is not ("c" or "u" or "b" or "p"))
                yield return $"{field}.type: \"{device.Type}\" is none of c, b, u, p";
            if (!device.Path.StartsWith('/'))
                yield return $"{field}.path: \"{device.Path}\" is not an absolute path";
            if (all.Take(index).Any(d => d.Path == device.Path))
                yield return $"{field}.path: {device.Path} is there twice";
            if (device.Major is < 0 or > LastMajor)
                yield return $"{field}.major: {device.Major} is not from 0 to {LastMajor}";
            if (device.Minor is < 0 or > LastMinor)
                yield return $"{field}.minor: {device.Minor} is not from 0 to {LastMinor}";
            // With the kind among the bits, as podman writes it.
            if ((device.FileMode & ~KindBits) > LargestMode)
                yield return $"{field}.fileMode: {device.FileMode} has more than permission bits";
        }

        foreach (var (index, rule) in (linux.Resources?.Devices ?? []).Index())
        {
            var field = $"linux.resources.devices[{index}]";
            if (rule.Type is not (null or "" or "a" or "c" or "b"))
                yield return $"{field}.type: \"{rule.Type}\" is none of a, c, b";
            if (rule.Access is { } access && access.Any(c => c is not ('r' or 'w' or 'm')))
                yield return $"{field}.access: \"{access}\" has letters other than r, w, m";
        }
    }
}
