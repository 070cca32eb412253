using Orchestrator.Oci.Bundle;

namespace Orchestrator.Runtime.Validation;

/// <summary>Of uidMappings and gidMappings, as user_namespaces(7) has it.</summary>
internal static class IdMapRules
{
    private const int MostRanges = 340;

    public static IEnumerable<string> Faults(IdMapping[]? map, string field)
    {
        if (map?.Length > MostRanges)
            yield return $"{field}: the kernel takes {MostRanges} ranges at most";
        foreach (var (index, range) in (map ?? []).Index())
        {
            if (range.Size == 0)
                yield return $"{field}[{index}].size: is 0";
            if ((ulong)range.ContainerId + range.Size > uint.MaxValue || (ulong)range.HostId + range.Size > uint.MaxValue)
                yield return $"{field}[{index}].size: {range.Size} goes past the last id";
            if (map!.Take(index).Any(r => Overlap(r.ContainerId, r.Size, range.ContainerId, range.Size)
                || Overlap(r.HostId, r.Size, range.HostId, range.Size)))
                yield return $"{field}[{index}]: overlaps a range before it";
        }
    }

    public static bool Maps(IdMapping[]? map, uint id) =>
        (map ?? []).Any(r => id >= r.ContainerId && id - r.ContainerId < r.Size);

    private static bool Overlap(uint one, uint oneSize, uint other, uint otherSize) =>
        one < (ulong)other + otherSize && other < (ulong)one + oneSize;
}
