using System.Globalization;
using System.Text.Json;
using Orchestrator.Linux.Cgroups;

namespace Orchestrator.Runtime.Commands;

/// <summary>The counters of a cgroup as runc's <c>events --stats</c> names and nests them.</summary>
/// <remarks>Source: runc, types/events.go, read for names.</remarks>
internal static class StatsJson
{
    public static void Write(Utf8JsonWriter json, CgroupSet cgroups)
    {
        var counters = cgroups.Counters();
        json.WriteStartObject();
        Cpu(json, cgroups, counters);
        Memory(json, cgroups, counters);
        json.WriteStartObject("pids");
        json.WriteNumber("current", counters.Pids);
        json.WriteNumber("limit", counters.PidsLimit);
        json.WriteEndObject();
        Blkio(json, cgroups);
        json.WriteEndObject();
    }

    /// <summary>"8:0 Read 4096" of v1, or "8:0 rbytes=4096 wbytes=0" of v2, as entries.</summary>
    internal static IEnumerable<(ulong Major, ulong Minor, string Operation, ulong Value)> Entries(string text)
    {
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var numbers = words[0].Split(':');
            if (numbers.Length != 2 || !TryNumber(numbers[0], out var major) || !TryNumber(numbers[1], out var minor))
                continue; // v1 ends with a line "Total N".
            if (words is [_, var operation, var count] && TryNumber(count, out var value))
                yield return (major, minor, operation, value);
            foreach (var word in words.Skip(1).Select(w => w.Split('=')).Where(w => w.Length == 2))
            {
                var name = word[0] switch { "rbytes" => "Read", "wbytes" => "Write", _ => null };
                if (name is not null && TryNumber(word[1], out value))
                    yield return (major, minor, name, value);
            }
        }
    }

    private static void Cpu(Utf8JsonWriter json, CgroupSet cgroups, CgroupCounters counters)
    {
        json.WriteStartObject("cpu");
        json.WriteStartObject("usage");
        json.WriteNumber("total", counters.CpuTotal);
        json.WriteStartArray("percpu");
        foreach (var word in (Read(cgroups, "cpuacct.usage_percpu") ?? "").Split(' ', '\n'))
        {
            if (TryNumber(word, out var value))
                json.WriteNumberValue(value);
        }

        json.WriteEndArray();
        json.WriteNumber("kernel", counters.CpuSystem);
        json.WriteNumber("user", counters.CpuUser);
        json.WriteEndObject();
        json.WriteStartObject("throttling");
        json.WriteNumber("periods", counters.Periods);
        json.WriteNumber("throttledPeriods", counters.ThrottledPeriods);
        json.WriteNumber("throttledTime", counters.ThrottledTime);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Memory(Utf8JsonWriter json, CgroupSet cgroups, CgroupCounters counters)
    {
        json.WriteStartObject("memory");
        json.WriteNumber("cache", counters.Memory.GetValueOrDefault("cache", counters.Memory.GetValueOrDefault("file")));
        json.WriteStartObject("usage");
        json.WriteNumber("limit", counters.MemoryLimit == 0 ? ulong.MaxValue : counters.MemoryLimit);
        json.WriteNumber("usage", counters.MemoryUsage);
        json.WriteNumber("max", Number(cgroups, "memory.max_usage_in_bytes", "memory.peak"));
        json.WriteNumber("failcnt", Number(cgroups, "memory.failcnt"));
        json.WriteEndObject();
        json.WriteStartObject("swap");
        json.WriteNumber("usage", Number(cgroups, "memory.memsw.usage_in_bytes", "memory.swap.current"));
        json.WriteNumber("failcnt", Number(cgroups, "memory.memsw.failcnt"));
        json.WriteEndObject();
        json.WriteStartObject("raw");
        foreach (var (name, value) in counters.Memory)
            json.WriteNumber(name, value);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Blkio(Utf8JsonWriter json, CgroupSet cgroups)
    {
        json.WriteStartObject("blkio");
        json.WriteStartArray("ioServiceBytesRecursive");
        var text = Read(cgroups, "blkio.throttle.io_service_bytes_recursive", "io.stat") ?? "";
        foreach (var (major, minor, operation, value) in Entries(text))
        {
            json.WriteStartObject();
            json.WriteNumber("major", major);
            json.WriteNumber("minor", minor);
            json.WriteString("op", operation);
            json.WriteNumber("value", value);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>The first of these files that one of the hierarchies has.</summary>
    private static string? Read(CgroupSet cgroups, params string[] names)
    {
        foreach (var path in names.SelectMany(n => cgroups.Directories.Select(d => Path.Combine(d.Path, n))))
        {
            if (File.Exists(path))
                return File.ReadAllText(path);
        }

        return null;
    }

    private static ulong Number(CgroupSet cgroups, params string[] names) =>
        TryNumber(Read(cgroups, names)?.Trim(), out var value) ? value : 0;

    private static bool TryNumber(string? text, out ulong value) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
