using System.Globalization;
using Orchestrator.Oci.Bundle;

namespace Orchestrator.Runtime.Resources;

/// <summary>Memory. 0 means nothing was asked for, as docker sends it.</summary>
/// <remarks>useHierarchy and kernel are read and dropped: every kernel since 5.11 is hierarchical, and none since 5.16
/// limits kernel memory apart.</remarks>
internal static class MemoryPlan
{
    private const string Controller = "memory";

    public static void Add(WriteList list, MemoryResources memory)
    {
        Check(memory);
        if (memory.DisableOOMKiller is { } disable)
            OomKiller(list, disable);
        if (memory.Swappiness is { } swappiness)
            list.Add("memory.swappiness", swappiness, list.NeedV1(Controller, "memory.swappiness", swappiness),
                "memory.swappiness", $"{swappiness}");
        if (memory.KernelTcp is { } tcp and not 0)
            list.Add("memory.kernelTCP", tcp, list.NeedV1(Controller, "memory.kernelTCP", tcp),
                "memory.kmem.tcp.limit_in_bytes", $"{tcp}");
        if (FirstAsked(memory) is not { } asked)
            return;
        var (directory, isV2) = list.Need(Controller, asked.Field, asked.Value);
        if (isV2)
            V2(list, directory, memory);
        else
            V1(list, directory, memory);
    }

    private static void Check(MemoryResources memory)
    {
        foreach (var (field, value) in Asked(memory))
        {
            if (value < -1)
                throw WriteList.Fault(field, value, "it is bytes, or -1 for no limit");
        }

        if (memory.Swappiness > 100)
            throw WriteList.Fault("memory.swappiness", memory.Swappiness, "it must be from 0 to 100");
        if (memory is { Limit: > 0, Swap: > 0 } && memory.Swap < memory.Limit)
            throw WriteList.Fault("memory.swap", memory.Swap,
                $"it counts memory and swap together: make it at least memory.limit, {memory.Limit}");
    }

    private static void V1(WriteList list, string directory, MemoryResources memory)
    {
        const string sumFile = "memory.memsw.limit_in_bytes";
        if (memory.Limit is { } limit and not 0)
            list.Add("memory.limit", limit, directory, "memory.limit_in_bytes", $"{limit}",
                "memory.swap, which counts both, may have to grow with it");
        // No limit on memory alone is none on both.
        var both = memory.Swap is { } given and not 0 ? given : memory.Limit == -1 ? -1 : 0;
        // A kernel told not to account swap (swapaccount=0) has no such file; the limit of memory holds nevertheless.
        if (both != 0 && File.Exists($"{directory}/{sumFile}"))
            list.Add("memory.swap", both, directory, sumFile, $"{both}", "it must be at least memory.limit");
        if (memory.Reservation is { } reservation and not 0)
            list.Add("memory.reservation", reservation, directory, "memory.soft_limit_in_bytes", $"{reservation}");
    }

    private static void V2(WriteList list, string directory, MemoryResources memory)
    {
        if (memory is { CheckBeforeUpdate: true, Limit: > 0 }
            && Read(directory, "memory.current") is { } usage && usage >= memory.Limit)
            throw WriteList.Fault("memory.limit", memory.Limit, $"{usage} bytes are in use; free some first");
        if (SwapAlone(directory, memory) is { } swap && File.Exists($"{directory}/memory.swap.max"))
            list.Add("memory.swap", memory.Swap ?? -1, directory, "memory.swap.max", Text(swap));
        if (memory.Limit is { } limit and not 0)
            list.Add("memory.limit", limit, directory, "memory.max", Text(limit));
        if (memory.Reservation is { } reservation and not 0)
            list.Add("memory.reservation", reservation, directory, "memory.low", Text(reservation));
    }

    /// <summary>v2 limits swap by itself, where the setting is the sum.</summary>
    private static long? SwapAlone(string directory, MemoryResources memory)
    {
        if (memory.Swap is null or 0)
            return memory.Limit == -1 ? -1 : null;
        if (memory.Swap == -1)
            return -1;
        var limit = memory.Limit is null or 0 ? Read(directory, "memory.max") : memory.Limit;
        if (limit is null or -1)
            throw WriteList.Fault(
                "memory.swap", memory.Swap, "it counts memory and swap together: set memory.limit with it");
        return memory.Swap - limit is var swap and >= 0 ? swap : throw WriteList.Fault("memory.swap", memory.Swap,
            $"it counts memory and swap together, and the limit of memory is {limit}");
    }

    private static void OomKiller(WriteList list, bool disable)
    {
        if (!disable && list.Cgroups.For(Controller) is null or { IsV2: true })
            return;
        var directory = list.NeedV1(Controller, "memory.disableOOMKiller", disable);
        list.Add("memory.disableOOMKiller", disable, directory, "memory.oom_control", disable ? "1" : "0",
            restore: before => before.Contains("oom_kill_disable 1", StringComparison.Ordinal) ? "1" : "0");
    }

    private static IEnumerable<(string Field, long Value)> Asked(MemoryResources memory)
    {
        if (memory.Limit is { } limit and not 0)
            yield return ("memory.limit", limit);
        if (memory.Swap is { } swap and not 0)
            yield return ("memory.swap", swap);
        if (memory.Reservation is { } reservation and not 0)
            yield return ("memory.reservation", reservation);
    }

    private static (string Field, long Value)? FirstAsked(MemoryResources memory) =>
        Asked(memory).Select(a => ((string, long)?)a).FirstOrDefault();

    private static long? Read(string directory, string file)
    {
        var path = $"{directory}/{file}";
        return File.Exists(path) && long.TryParse(File.ReadAllText(path), CultureInfo.InvariantCulture, out var value)
            ? value
            : null; // "max"
    }

    private static string Text(long bytes) => bytes < 0 ? "max" : $"{bytes}";
}
