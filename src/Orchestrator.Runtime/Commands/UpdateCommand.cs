using System.Text.Json;
using Orchestrator.Linux.Io;
using Orchestrator.Oci.Bundle;
using Orchestrator.Runtime.Containers;
using Orchestrator.Runtime.Resources;

namespace Orchestrator.Runtime.Commands;

/// <summary><c>update</c>: other limits for a container that is there.</summary>
internal static class UpdateCommand
{
    public static readonly Option[] Options =
    [
        new("resources", "FILE|-", "JSON as linux.resources of config.json; - is standard input", "r"),
        new("memory", "BYTES", "limit; also 512m, -1 for none"),
        new("memory-reservation", "BYTES", "soft limit"),
        new("memory-swap", "BYTES", "memory and swap together"),
        new("kernel-memory", "BYTES", "accepted and ignored: no kernel since 5.16 limits it"),
        new("kernel-memory-tcp", "BYTES", "limit of TCP buffers; cgroup v1 only"),
        new("cpu-shares", "N", "weight; 1024 is one"),
        new("cpu-share", "N", "runc's name for the same"),
        new("cpu-quota", "MICROSECONDS", "CPU time per period; -1 for no limit"),
        new("cpu-period", "MICROSECONDS", "default 100000"),
        new("cpu-burst", "MICROSECONDS", "what may be saved up beyond the quota"),
        new("cpu-rt-runtime", "MICROSECONDS", "real-time scheduling per period; cgroup v1 only"),
        new("cpu-rt-period", "MICROSECONDS", "its period"),
        new("cpu-idle", "0|1", "1: only when nobody else wants the CPU"),
        new("cpuset-cpus", "LIST", "as 0-2,7"),
        new("cpuset-mems", "LIST", "memory nodes"),
        new("blkio-weight", "N", "10 to 1000"),
        new("pids-limit", "N", "processes and threads; 0 or less for no limit"),
    ];

    public static int Execute(Invocation invocation)
    {
        var container = invocation.Container();
        if (container.Status is OciStatus.Stopped or OciStatus.Creating)
            throw new RuntimeException($"container not running: {container.Id}; it has no limits to change");
        var resources = Asked(invocation.Arguments);
        if (container.HasShim)
            CreateCommand.ShimOf(container).UpdateAsync(resources, CancellationToken.None).GetAwaiter().GetResult();
        else
            ResourcePlan.Update(container.Cgroups, resources);
        return 0;
    }

    internal static ResourcesSpec Asked(Arguments arguments)
    {
        var given = arguments["resources"] is { } source ? Read(source) : new ResourcesSpec();
        return given with
        {
            Memory = Memory(arguments, given.Memory ?? new MemoryResources()),
            Cpu = Cpu(arguments, given.Cpu ?? new CpuResources()),
            Pids = arguments.Number("pids-limit") is { } pids ? new PidsResources(pids <= 0 ? -1 : pids) : given.Pids,
            BlockIo = arguments.Number("blkio-weight") is { } weight
                ? (given.BlockIo ?? new BlockIoResources()) with { Weight = checked((ushort)weight) }
                : given.BlockIo,
        };
    }

    private static MemoryResources Memory(Arguments arguments, MemoryResources given) => given with
    {
        Limit = Sizes.Bytes(arguments, "memory") ?? given.Limit,
        Reservation = Sizes.Bytes(arguments, "memory-reservation") ?? given.Reservation,
        Swap = Sizes.Bytes(arguments, "memory-swap") ?? given.Swap,
        Kernel = Sizes.Bytes(arguments, "kernel-memory") ?? given.Kernel,
        KernelTcp = Sizes.Bytes(arguments, "kernel-memory-tcp") ?? given.KernelTcp,
    };

    private static CpuResources Cpu(Arguments arguments, CpuResources given) => given with
    {
        Shares = Natural(arguments, "cpu-shares") ?? Natural(arguments, "cpu-share") ?? given.Shares,
        Quota = arguments.Number("cpu-quota") ?? given.Quota,
        Period = Natural(arguments, "cpu-period") ?? given.Period,
        Burst = Natural(arguments, "cpu-burst") ?? given.Burst,
        RealtimeRuntime = arguments.Number("cpu-rt-runtime") ?? given.RealtimeRuntime,
        RealtimePeriod = Natural(arguments, "cpu-rt-period") ?? given.RealtimePeriod,
        Idle = arguments.Number("cpu-idle") ?? given.Idle,
        Cpus = arguments["cpuset-cpus"] ?? given.Cpus,
        Mems = arguments["cpuset-mems"] ?? given.Mems,
    };

    private static ulong? Natural(Arguments arguments, string flag) =>
        arguments.Number(flag) is not { } number ? null
        : number >= 0 ? (ulong)number
        : throw new RuntimeException($"--{flag} {arguments[flag]} is less than 0", 2);

    private static ResourcesSpec Read(string source)
    {
        try
        {
            return JsonSerializer.Deserialize(Content(source), BundleJson.Default.ResourcesSpec) ?? new ResourcesSpec();
        }
        catch (JsonException e)
        {
            throw new RuntimeException($"--resources {source}: {e.Message}");
        }
    }

    private static byte[] Content(string source)
    {
        if (source != "-")
            return File.ReadAllBytes(source);
        using var all = new MemoryStream();
        var input = FileDescriptor.Borrow(0);
        var buffer = new byte[8192];
        for (int count; (count = input.Read(buffer)) > 0;)
            all.Write(buffer, 0, count);
        return all.ToArray();
    }
}
