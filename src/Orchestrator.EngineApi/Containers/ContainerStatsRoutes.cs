using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orchestrator.Engine;
using Orchestrator.Engine.Containers;
using Orchestrator.EngineApi.Host;
using Orchestrator.EngineApi.Http;

namespace Orchestrator.EngineApi.Containers;

/// <summary>What containers use, one sample a second.</summary>
internal sealed class ContainerStatsRoutes(EngineApiContext context)
{
    private static readonly ulong HostMemory = (ulong)HostInfo.ReadMemory();
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    public void Map(IEndpointRouteBuilder routes) => routes.MapGet("/containers/{id}/stats", StatsAsync);

    private async Task StatsAsync(HttpContext http)
    {
        var record = context.Engine.Inspect(http.Route("id"));
        var stream = http.Flag("stream", otherwise: true);
        http.Response.ContentType = "application/json";
        ContainerUsage? previous = null;
        if (!stream && !http.Flag("one-shot"))
        {
            // A client that asks for one sample still wants a rate: it takes two.
            previous = await context.Engine.StatsAsync(record.Id, http.RequestAborted);
            await Task.Delay(Interval, context.Time, http.RequestAborted);
        }

        do
        {
            var usage = await context.Engine.StatsAsync(record.Id, http.RequestAborted);
            await http.WriteLineAsync(View(record, usage, previous), Api.ApiJson.Wire.Stats);
            previous = usage;
            if (stream)
                await Task.Delay(Interval, context.Time, http.RequestAborted);
        }
        while (stream && context.Engine.Find(record.Id) is not null);
    }

    /// <summary>Of a container that is down every number is zero, as docker has it.</summary>
    internal static Api.Stats View(ContainerRecord record, ContainerUsage? usage, ContainerUsage? previous) => new()
    {
        Name = "/" + record.Name,
        Id = record.Id,
        Read = usage?.Read ?? default,
        PreRead = previous?.Read ?? default,
        Pids = usage is null ? new()
            : new() { Current = usage.Pids, Limit = usage.PidsLimit > 0 ? usage.PidsLimit : null },
        Cpu = Cpu(usage),
        PreCpu = Cpu(previous),
        Memory = usage is null ? new() : new()
        {
            Usage = usage.MemoryBytes,
            Limit = usage.MemoryLimitBytes is > 0 and var limit && limit < HostMemory ? limit : HostMemory,
            Details = new()
            {
                ["inactive_file"] = usage.InactiveFileBytes,
                ["total_inactive_file"] = usage.InactiveFileBytes,
            },
        },
        Blkio = usage is null ? new() : new()
        {
            ServiceBytes =
            [
                new() { Op = "read", Value = usage.BlockReadBytes },
                new() { Op = "write", Value = usage.BlockWriteBytes },
            ],
        },
        Networks = usage is { Networks.Count: > 0 }
            ? usage.Networks.ToDictionary(one => one.Key, one => Network(one.Value)) : null,
    };

    private static Api.CpuStats Cpu(ContainerUsage? usage) => usage is null ? new() : new()
    {
        Usage = new()
        {
            Total = usage.CpuNanoseconds, Kernel = usage.CpuKernelNanoseconds, User = usage.CpuUserNanoseconds,
        },
        SystemUsage = usage.SystemCpuNanoseconds,
        OnlineCpus = (uint)usage.OnlineCpus,
    };

    private static Api.NetworkStats Network(NetworkUsage usage) => new()
    {
        RxBytes = usage.RxBytes, RxPackets = usage.RxPackets, RxErrors = usage.RxErrors, RxDropped = usage.RxDropped,
        TxBytes = usage.TxBytes, TxPackets = usage.TxPackets, TxErrors = usage.TxErrors, TxDropped = usage.TxDropped,
    };
}
