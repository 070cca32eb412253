using Orchestrator.Oci.Bundle;

namespace Orchestrator.Runtime.Resources;

/// <summary>Huge pages, by size; what is used and, where the kernel counts it, what is reserved.</summary>
internal static class HugepagePlan
{
    public static void Add(WriteList list, HugepageLimit[] limits)
    {
        foreach (var (limit, field) in WriteList.Each(limits, "hugepageLimits"))
        {
            if (!IsSize(limit.PageSize))
                throw WriteList.Fault($"{field}.pageSize", $"\"{limit.PageSize}\"", "it is a size such as 2MB or 1GB");
            var (directory, isV2) = list.Need("hugetlb", $"{field}.limit", limit.Limit);
            var end = isV2 ? "max" : "limit_in_bytes";
            list.Add($"{field}.limit", limit.Limit, directory, $"hugetlb.{limit.PageSize}.{end}", $"{limit.Limit}",
                "sizes this host has are in /sys/kernel/mm/hugepages");
            var reserve = $"hugetlb.{limit.PageSize}.rsvd.{end}";
            if (File.Exists($"{directory}/{reserve}"))
                list.Add($"{field}.limit", limit.Limit, directory, reserve, $"{limit.Limit}");
        }
    }

    /// <summary>It becomes part of a file's name.</summary>
    private static bool IsSize(string? size) =>
        size is { Length: > 2 and < 10 } && size[^1] == 'B' && size[^2] is 'K' or 'M' or 'G'
        && size[0] is not '0' && size[..^2].All(char.IsAsciiDigit);
}
