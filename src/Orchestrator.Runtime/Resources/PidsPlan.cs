using Orchestrator.Oci.Bundle;

namespace Orchestrator.Runtime.Resources;

/// <summary>Processes and threads; 0 means nothing was asked for.</summary>
internal static class PidsPlan
{
    public static void Add(WriteList list, PidsResources? pids)
    {
        if (pids is null or { Limit: 0 })
            return;
        list.Add("pids.limit", pids.Limit, list.Need("pids", "pids.limit", pids.Limit).Path,
            "pids.max", pids.Limit < 0 ? "max" : $"{pids.Limit}");
    }
}
