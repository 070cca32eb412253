using Orchestrator.Oci.Bundle;

namespace Orchestrator.Runtime.Resources;

/// <summary>Which CPUs and memory nodes; v1 and v2 name the files alike.</summary>
internal static class CpusetPlan
{
    public static void Add(WriteList list, CpuResources cpu)
    {
        Add(list, "cpu.cpus", cpu.Cpus, "cpuset.cpus");
        Add(list, "cpu.mems", cpu.Mems, "cpuset.mems");
    }

    private static void Add(WriteList list, string field, string? value, string file)
    {
        if (string.IsNullOrEmpty(value))
            return;
        if (value.Any(c => !char.IsAsciiDigit(c) && c is not (',' or '-' or ':' or '/' or ' ')))
            throw WriteList.Fault(field, value, "it is a list such as 0-2,7");
        list.Add(field, value, list.Need("cpuset", field, value).Path, file, value,
            "only numbers this host has, and the cgroup above may use, can be given");
    }
}
