using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Linux.Cgroups;
using Orchestrator.Oci.Bundle;
using Orchestrator.Runtime.Hooks;
using Orchestrator.Runtime.Plans;
using Orchestrator.Runtime.Validation;

namespace Orchestrator.Runtime.Tests.Validation;

/// <summary>Every value of a full config.json, replaced by every kind of thing it is not.</summary>
public sealed class BrokenConfigTests
{
    private static readonly string[] Replacements =
        ["null", "-1", "1.5", "18446744073709551616", "\"\"", "\"\\u0000\"", "\"x\"", "[]", "[null]", "{}", "{\"\":null}", "true"];

    [Fact]
    public void Whatever_one_value_becomes_the_plan_is_made_or_the_field_is_named()
    {
        var whole = JsonSerializer.Serialize(Full(), BundleJson.Default.RuntimeSpec);
        foreach (var path in Paths(JsonNode.Parse(whole)!, []).ToArray())
        {
            foreach (var replacement in Replacements)
            {
                var broken = Replace(whole, path, replacement);

                var error = Record.Exception(() => Plan(broken));

                if (error is null)
                    continue;
                Assert.True(error is RuntimeException or InvalidDataException, $"{broken}\n{error}");
                Assert.True(Names(error.Message, path), $"{string.Join('.', path)} = {replacement}: {error.Message}");
            }
        }
    }

    [Fact]
    public void Wherever_the_file_ends_too_early_that_is_told()
    {
        var whole = JsonSerializer.SerializeToUtf8Bytes(Full(), BundleJson.Default.RuntimeSpec);
        for (var length = 0; length < whole.Length - 1; length += 41)
            Assert.Throws<InvalidDataException>(() => ConfigReader.Read(whole.AsSpan(0, length), BundleJson.Default.RuntimeSpec));
    }

    private static void Plan(string json)
    {
        var spec = ConfigReader.Read(System.Text.Encoding.UTF8.GetBytes(json), BundleJson.Default.RuntimeSpec);
        SpecValidator.Check(spec);
        var cgroups = new CgroupSet(new CgroupLayout([new("memory", "/cg/memory", false, ["memory"])]), "/orch/x");
        PlanBytes.Encode(ContainerPlan.Build(
            spec, new HookState("x", "/bundle", spec.Annotations), cgroups, ulong.MaxValue, true, PlanFiles.None));
    }

    /// <summary>The field's name, or that of what it is part of, which it may have made wrong as a whole.</summary>
    private static bool Names(string message, string[] path) =>
        message.Contains(path[0], StringComparison.Ordinal)
        && (path.Length == 1 || message.Contains(path[1], StringComparison.Ordinal) || path[0] is "mounts" or "annotations"
            || message.StartsWith("hostname: ", StringComparison.Ordinal));

    private static IEnumerable<string[]> Paths(JsonNode? node, string[] here) => node switch
    {
        JsonObject o => o.SelectMany(p => Paths(p.Value, [.. here, p.Key]).Prepend([.. here, p.Key])),
        JsonArray a => a.Index().Take(1).SelectMany(i => Paths(i.Item, [.. here, $"{i.Index}"]).Prepend([.. here, $"{i.Index}"])),
        _ => [],
    };

    private static string Replace(string whole, string[] path, string replacement)
    {
        var root = JsonNode.Parse(whole)!;
        var parent = path[..^1].Aggregate(root, (n, p) => n is JsonArray a ? a[int.Parse(p)]! : n[p]!);
        if (parent is JsonArray array)
            array[int.Parse(path[^1])] = JsonNode.Parse(replacement);
        else
            parent[path[^1]] = JsonNode.Parse(replacement);
        return root.ToJsonString();
    }

    private static RuntimeSpec Full()
    {
        IdMapping[] map = [new(0, 100_000, 65_536)];
        HookSpec[] hooks = [new("/bin/true", ["true"], ["A=b"], 5)];
        var spec = ContainerDefaults.Spec("rootfs", ["sh"], "/orch/x");
        return spec with
        {
            Domainname = "example",
            Annotations = new() { ["note"] = "kept" },
            Hooks = new() { CreateContainer = hooks, CreateRuntime = hooks, Poststop = hooks },
            Mounts = [new() { Destination = "/x", Source = "/y", Options = ["bind", "rro"], UidMappings = map, GidMappings = map }, .. spec.Mounts![..1]],
            Process = spec.Process! with
            {
                User = new(1, 2, [3], 18),
                ConsoleSize = new(24, 80),
                Capabilities = ContainerDefaults.CapabilitySets(["CAP_KILL"], isRoot: true),
                Rlimits = [new("RLIMIT_NOFILE", 1, 2)],
                OomScoreAdj = 5,
                Scheduler = new() { Policy = "SCHED_BATCH", Nice = 1, Flags = ["SCHED_FLAG_RESET_ON_FORK"] },
                IoPriority = new("IOPRIO_CLASS_BE", 4),
                ExecCpuAffinity = new("0", "0-1"),
            },
            Linux = spec.Linux! with
            {
                Namespaces = [new("user"), new("time"), .. spec.Linux!.Namespaces!],
                UidMappings = map,
                GidMappings = map,
                TimeOffsets = new() { ["boottime"] = new(1, 2) },
                Devices = [new() { Type = "c", Path = "/dev/x", Major = 1, Minor = 3, FileMode = 438, Uid = 1, Gid = 1 }],
                Sysctl = new() { ["net.ipv4.ip_forward"] = "1" },
                MaskedPaths = ["/proc/acpi"],
                ReadonlyPaths = ["/proc/sys"],
                Resources = new() { Devices = [new(true, "c", 1, 3, "rwm")], Pids = new(9) },
                RootfsPropagation = "rslave",
                Personality = new("LINUX"),
            },
        };
    }
}
