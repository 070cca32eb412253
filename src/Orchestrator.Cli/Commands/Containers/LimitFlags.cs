using Orchestrator.Api;
using Orchestrator.Cli.Parsing;
using Orchestrator.Cli.Specs;

namespace Orchestrator.Cli.Commands.Containers;

/// <summary>What a container may use of its host: what run, create and update have in common.</summary>
internal sealed class LimitFlags(FlagSet f)
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
    private readonly ValueFlag<long?> _cpus = f.Cpus("cpus", "CPUs at most");
    private readonly ValueFlag<long?> _cpuShares = f.Int("cpu-shares", 'c', "CPU weight against other containers");
    private readonly ValueFlag<long?> _cpuPeriod = f.Int("cpu-period", null, "CFS period in microseconds");
    private readonly ValueFlag<long?> _cpuQuota = f.Int("cpu-quota", null, "CFS quota in microseconds");
    private readonly ValueFlag<long?> _realtimePeriod = f.Int(
        "cpu-rt-period", null, "Period of the real-time scheduler in microseconds");
    private readonly ValueFlag<long?> _realtimeRuntime = f.Int(
        "cpu-rt-runtime", null, "Real-time share of that period in microseconds");
    private readonly ValueFlag<string> _cpusetCpus = f.String("cpuset-cpus", null, "CPUs to run on (0-3, 0,1)");
    private readonly ValueFlag<string> _cpusetMems = f.String("cpuset-mems", null, "Memory nodes to use (0-3, 0,1)");
    private readonly ValueFlag<long?> _pids = f.Int("pids-limit", null, "Processes at most; -1: no bound");
    private readonly ValueFlag<ulong?> _blkioWeight = f.UInt("blkio-weight", null, "Disk weight, 10 to 1000");
    private readonly ListFlag _weights = f.List(
        "blkio-weight-device", null, "Disk weight of one device, path:weight", "list",
        static text => Checked(text, DeviceSpecs.Weight));
    private readonly ListFlag _readBps = Rate(f, "device-read-bps", "Bytes a second to read from a device, path:rate");
    private readonly ListFlag _writeBps = Rate(f, "device-write-bps", "Bytes a second to write to a device, path:rate");
    private readonly ListFlag _readIops = Rate(f, "device-read-iops", "Reads a second from a device, path:rate");
    private readonly ListFlag _writeIops = Rate(f, "device-write-iops", "Writes a second to a device, path:rate");

    public void Apply(Resources wanted)
    {
        if (_memory.Value is > 0 and < MinMemory)
            throw new CliException("Minimum memory limit allowed is 6MB: give -m more", 125);
        wanted.Memory = _memory.Value ?? 0;
        wanted.MemorySwap = _memorySwap.Value ?? 0;
        wanted.MemoryReservation = _memoryReservation.Value ?? 0;
        wanted.MemorySwappiness = _memorySwappiness.Value;
        wanted.OomKillDisable = _oomKillDisable.IsSet ? _oomKillDisable.Value : null;
        wanted.NanoCpus = _cpus.Value ?? 0;
        wanted.CpuShares = _cpuShares.Value ?? 0;
        wanted.CpuPeriod = _cpuPeriod.Value ?? 0;
        wanted.CpuQuota = _cpuQuota.Value ?? 0;
        wanted.CpuRealtimePeriod = _realtimePeriod.Value ?? 0;
        wanted.CpuRealtimeRuntime = _realtimeRuntime.Value ?? 0;
        wanted.CpusetCpus = _cpusetCpus.Value;
        wanted.CpusetMems = _cpusetMems.Value;
        wanted.PidsLimit = _pids.Value;
        wanted.BlkioWeight = BlockWeight();
        wanted.BlkioWeightDevice = Map(_weights, DeviceSpecs.Weight);
        wanted.BlkioDeviceReadBps = Map(_readBps, DeviceSpecs.Rate);
        wanted.BlkioDeviceWriteBps = Map(_writeBps, DeviceSpecs.Rate);
        wanted.BlkioDeviceReadIOps = Map(_readIops, DeviceSpecs.Rate);
        wanted.BlkioDeviceWriteIOps = Map(_writeIops, DeviceSpecs.Rate);
    }

    private ushort BlockWeight() => _blkioWeight.Value is > 1000
        ? throw new CliException("Range of blkio weight is from 10 to 1000", 125)
        : (ushort)(_blkioWeight.Value ?? 0);

    private static ListFlag Rate(FlagSet f, string name, string help) =>
        f.List(name, null, help, "list", static text => Checked(text, DeviceSpecs.Rate));

    private static string Checked<T>(string text, Func<string, T> parse)
    {
        parse(text);
        return text;
    }

    private static T[]? Map<T>(ListFlag flag, Func<string, T> parse) =>
        flag.Values.Count == 0 ? null : [.. flag.Values.Select(parse)];
}
