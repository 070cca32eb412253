using Orchestrator.Api;
using Orchestrator.Cli.Parsing;
using Orchestrator.Cli.Specs;

namespace Orchestrator.Cli.Commands.Containers;

/// <summary>Limits: memory, CPU, processes, rlimits.</summary>
internal sealed class ResourceFlags(FlagSet f)
{
    private const long MinMemory = 6 * 1024 * 1024;

    private readonly ValueFlag<long?> _memory = f.Bytes("memory", 'm', "Memory at most");
    private readonly ValueFlag<long?> _memorySwap = f.Bytes(
        "memory-swap", null, "Memory plus swap at most; -1: swap without bound");
    private readonly ValueFlag<long?> _memoryReservation = f.Bytes(
        "memory-reservation", null, "Memory kept when the host runs short");
    private readonly ValueFlag<long?> _memorySwappiness = f.Int(
        "memory-swappiness", null, "Readiness to swap, 0 to 100");
    private readonly BoolFlag _oomKillDisable = f.Bool(
        "oom-kill-disable", null, "Pause instead of kill when out of memory");
    private readonly ValueFlag<long?> _oomScoreAdj = f.Int("oom-score-adj", null, "OOM preference, -1000 to 1000");
    private readonly ValueFlag<long?> _cpus = f.Cpus("cpus", "CPUs at most");
    private readonly ValueFlag<long?> _cpuShares = f.Int("cpu-shares", 'c', "CPU weight against other containers");
    private readonly ValueFlag<long?> _cpuPeriod = f.Int("cpu-period", null, "CFS period in microseconds");
    private readonly ValueFlag<long?> _cpuQuota = f.Int("cpu-quota", null, "CFS quota in microseconds");
    private readonly ValueFlag<string> _cpusetCpus = f.String("cpuset-cpus", null, "CPUs to run on (0-3, 0,1)");
    private readonly ValueFlag<string> _cpusetMems = f.String("cpuset-mems", null, "Memory nodes to use (0-3, 0,1)");
    private readonly ValueFlag<long?> _pids = f.Int("pids-limit", null, "Processes at most; -1: no bound");
    private readonly ValueFlag<ulong?> _blkioWeight = f.UInt("blkio-weight", null, "Disk weight, 10 to 1000");
    private readonly ListFlag _ulimits = f.List(
        "ulimit", null, "Limit of a process, name=soft[:hard]", "ulimit", CheckUlimit);
    private readonly ValueFlag<long?> _shm = f.Bytes("shm-size", null, "Size of /dev/shm");
    private readonly ValueFlag<string> _cgroupParent = f.String("cgroup-parent", null, "Cgroup to be created in");
    private readonly ListFlag _storageOptions = f.List("storage-opt", null, "Option of the layer store, key=value");

    public void Apply(HostConfig host)
    {
        if (_memory.Value is > 0 and < MinMemory)
            throw new CliException("Minimum memory limit allowed is 6MB: give -m more", 125);
        host.Memory = _memory.Value ?? 0;
        host.MemorySwap = _memorySwap.Value ?? 0;
        host.MemoryReservation = _memoryReservation.Value ?? 0;
        host.MemorySwappiness = _memorySwappiness.Value;
        host.OomKillDisable = _oomKillDisable.IsSet ? _oomKillDisable.Value : null;
        host.OomScoreAdj = (int)(_oomScoreAdj.Value ?? 0);
        host.NanoCpus = _cpus.Value ?? 0;
        host.CpuShares = _cpuShares.Value ?? 0;
        host.CpuPeriod = _cpuPeriod.Value ?? 0;
        host.CpuQuota = _cpuQuota.Value ?? 0;
        host.CpusetCpus = _cpusetCpus.Value;
        host.CpusetMems = _cpusetMems.Value;
        host.PidsLimit = _pids.Value;
        host.BlkioWeight = (ushort)(_blkioWeight.Value ?? 0);
        host.Ulimits = _ulimits.Values.Count == 0 ? null : [.. _ulimits.Values.Select(UlimitSpec.Parse)];
        host.ShmSize = _shm.Value ?? 0;
        host.CgroupParent = _cgroupParent.Value;
        host.StorageOpt = KeyValues.ToMap(_storageOptions.Values);
    }

    private static string CheckUlimit(string text)
    {
        UlimitSpec.Parse(text);
        return text;
    }
}
