using System.Text.Json.Nodes;
using Orchestrator.Cli.Http;
using Orchestrator.Cli.Parsing;
using Orchestrator.Cli.Specs;

namespace Orchestrator.Cli.Commands.Builds;

/// <summary>What a RUN step may use of its host.</summary>
internal sealed class BuildLimitFlags(FlagSet f)
{
    private readonly ValueFlag<long?> _memory = f.Bytes("memory", 'm', "Memory of a step at most");
    private readonly ValueFlag<long?> _memorySwap = f.Bytes(
        "memory-swap", null, "Memory plus swap at most; -1: swap without bound");
    private readonly ValueFlag<long?> _cpuShares = f.Int("cpu-shares", 'c', "CPU weight against other containers");
    private readonly ValueFlag<long?> _cpuPeriod = f.Int("cpu-period", null, "CFS period in microseconds");
    private readonly ValueFlag<long?> _cpuQuota = f.Int("cpu-quota", null, "CFS quota in microseconds");
    private readonly ValueFlag<string> _cpusetCpus = f.String("cpuset-cpus", null, "CPUs to run on (0-3, 0,1)");
    private readonly ValueFlag<string> _cpusetMems = f.String("cpuset-mems", null, "Memory nodes to use (0-3, 0,1)");
    private readonly ValueFlag<string> _cgroupParent = f.String("cgroup-parent", null, "Cgroup to run in");
    private readonly ValueFlag<long?> _shm = f.Bytes("shm-size", null, "Size of /dev/shm");
    private readonly ListFlag _ulimits = f.List(
        "ulimit", null, "Limit of a process, name=soft[:hard]", "ulimit", CheckUlimit);

    public void Apply(Query query) => query.Add("memory", _memory.Value).Add("memswap", _memorySwap.Value)
        .Add("cpushares", _cpuShares.Value).Add("cpuperiod", _cpuPeriod.Value).Add("cpuquota", _cpuQuota.Value)
        .Add("cpusetcpus", _cpusetCpus.Value).Add("cpusetmems", _cpusetMems.Value)
        .Add("cgroupparent", _cgroupParent.Value).Add("shmsize", _shm.Value).Add("ulimits", Ulimits());

    private string? Ulimits() => _ulimits.Values.Count == 0 ? null
        : new JsonArray([.. _ulimits.Values.Select(UlimitSpec.Parse).Select(static limit => (JsonNode)new JsonObject
        {
            ["Name"] = limit.Name, ["Soft"] = limit.Soft, ["Hard"] = limit.Hard,
        })]).ToJsonString();

    private static string CheckUlimit(string text)
    {
        UlimitSpec.Parse(text);
        return text;
    }
}
