using System.Text.Json.Nodes;
using Orchestrator.Integration.DropIn;
using Orchestrator.Integration.Support;
using Orchestrator.Testing;

namespace Orchestrator.Integration.Runtime;

/// <summary>Bundles that are broken, or ask for what cannot be, through the real command: one line with the field's
/// name, and nothing is left. That no field at all gets past the validator, Orchestrator.Runtime.Tests shows.</summary>
public sealed class BrokenBundleTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("orch-broken-").FullName;

    /// <summary>A field, what is put there, and a word the complaint must have.</summary>
    private static readonly (string Path, string Value, string Named)[] Broken =
    [
        // Of a kind it cannot be: found by the reader.
        ("process", "7", "process"), ("process.args", "\"true\"", "process.args"), ("process.args", "[null]", "process.args[0]"),
        ("process.env", "{}", "process.env"), ("process.user.uid", "-1", "process.user.uid"), ("root", "{}", "root"),
        ("mounts", "[null]", "mounts[0]"), ("mounts", "{}", "mounts"), ("linux.namespaces", "\"host\"", "linux.namespaces"),
        ("linux.resources.pids.limit", "1e99", "linux.resources.pids.limit"), ("hooks", "[]", "hooks"),
        // Of a kind that could be, but not this: found by the validator and the planners.
        ("process.args", "[]", "process.args"), ("process.cwd", "\"relative\"", "process.cwd"),
        ("process.rlimits", "[{\"type\":\"RLIMIT_NOSUCH\",\"soft\":1,\"hard\":1}]", "process.rlimits[0]"),
        ("linux.namespaces", "[{\"type\":\"nosuch\"}]", "linux.namespaces[0]"),
        ("linux.namespaces", "[]", "namespace"), ("linux.sysctl", "{\"kernel.panic\":\"1\"}", "kernel.panic"),
        ("linux.seccomp", "{\"defaultAction\":\"SCMP_ACT_NOSUCH\"}", "linux.seccomp.defaultAction"),
        ("linux.devices", "[{\"type\":\"x\",\"path\":\"/dev/x\"}]", "linux.devices[0]"),
        ("linux.cgroupsPath", "\"/../..\"", "cgroup"),
        // Well-formed, and refused by the kernel or the disk when half of it is done already.
        ("root.path", "\"nosuch\"", "root"), ("linux.resources.cpu", "{\"quota\":1}", "linux.resources.cpu"),
        ("linux.resources.cpu", "{\"cpus\":\"4000\"}", "linux.resources.cpu"),
        ("linux.namespaces", "[{\"type\":\"mount\"},{\"type\":\"uts\"},{\"type\":\"network\",\"path\":\"/nosuch\"}]", "linux.namespaces[2]"),
        ("mounts", "[{\"destination\":\"/x\",\"type\":\"nosuchfs\"}]", "/x"),
        ("mounts", "[{\"destination\":\"/x\",\"type\":\"bind\",\"source\":\"/nosuch\",\"options\":[\"bind\"]}]", "bind mount /nosuch on /x"),
        ("process.args", "[\"/nosuch\"]", "/nosuch"),
        ("hooks", "{\"createRuntime\":[{\"path\":\"/bin/false\"}]}", "createRuntime"),
    ];

    [RootFact]
    public async Task A_broken_bundle_is_one_line_with_the_name_of_the_field_and_leaves_nothing()
    {
        Directory.CreateDirectory($"{folder}/rootfs/bin");
        File.Copy("/bin/busybox", $"{folder}/rootfs/bin/sh");
        await Shell.RunAsync(PrivateHost.Runtime, ["spec", "--bundle", folder]);
        var whole = (await File.ReadAllTextAsync($"{folder}/config.json"))
            .Replace("\"terminal\": true", "\"terminal\": false", StringComparison.Ordinal);
        string[] texts = [.. Broken.Select(b => With(whole, b.Path, b.Value)), whole[..^40], "", "null", "[1", new('[', 11 << 20)];

        var wrong = new List<string>();
        foreach (var (index, text) in texts.Index())
        {
            await File.WriteAllTextAsync($"{folder}/config.json", text);
            var id = $"broken{Environment.ProcessId}-{index}";

            var result = await Shell.TryRunAsync(
                PrivateHost.Runtime, ["--root", $"{folder}/root", "create", "--bundle", folder, id]);

            var what = index < Broken.Length ? $"{Broken[index].Path} = {Broken[index].Value}" : $"text {index}";
            var named = index < Broken.Length ? Broken[index].Named : "config.json";
            if (result.ExitCode == 0 || result.Lines.Length > 0 || result.Error.Split('\n').Length != 1
                || !result.Error.Contains(named, StringComparison.Ordinal))
                wrong.Add($"{what}: {result.ExitCode}, {result.Output}, {result.Error}");
            wrong.AddRange(Left(id).Select(l => $"{what}: {l} is left"));
        }

        Assert.Empty(wrong);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private IEnumerable<string> Left(string id) =>
    [
        .. Directory.Exists($"{folder}/root") ? Directory.EnumerateFileSystemEntries($"{folder}/root") : [],
        .. Directory.EnumerateDirectories("/sys/fs/cgroup").Append("/sys/fs/cgroup")
            .Select(h => $"{h}/orch-{id}").Where(Directory.Exists),
        .. File.ReadLines("/proc/self/mountinfo").Where(l => l.Contains(folder, StringComparison.Ordinal)),
    ];

    private static string With(string whole, string path, string value)
    {
        var root = JsonNode.Parse(whole)!;
        var names = path.Split('.');
        var parent = names[..^1].Aggregate(root, (node, name) => node[name] ??= new JsonObject());
        parent[names[^1]] = JsonNode.Parse(value);
        return root.ToJsonString();
    }
}
