using System.Diagnostics;
using Orchestrator.Integration.DropIn;
using Orchestrator.Integration.Support;
using Orchestrator.Testing;

namespace Orchestrator.Integration.Runtime;

/// <summary>The runtime itself is killed at any moment of create, run or start; <c>delete --force</c> must find all
/// there is then. ORCH_CYCLES sets how often (tests/soak runtime-cycles), ORCH_SEED repeats a run.</summary>
public sealed class KilledRuntimeTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("orch-kill-").FullName;

    [RootFact]
    public async Task A_runtime_killed_at_any_moment_leaves_nothing_that_delete_does_not_find()
    {
        var seed = SoakSetting.Number("ORCH_SEED", Environment.TickCount);
        var random = new Random(seed);
        await MakeBundleAsync();
        var whole = Stopwatch.StartNew();
        await RuntimeAsync("create", "--bundle", folder, "whole");
        var duration = whole.Elapsed;
        await DeleteAsync("whole");

        for (var cycle = 0; cycle < SoakSetting.Number("ORCH_CYCLES", 30); cycle++)
        {
            var id = $"k{Environment.ProcessId}-{cycle}";
            string[] command = (cycle % 4) switch
            {
                0 or 3 => ["create", "--bundle", folder, id],
                1 => ["run", "--bundle", folder, id],
                _ => ["run", "--detach", "--bundle", folder, id],
            };
            using var process = Start(command);
            await Task.Delay(random.NextDouble() * 1.5 * duration);
            if (cycle % 4 == 3)
                await DeleteAsync(id); // While it is being made: what is made later is for the next.
            else
                process.Kill();
            await process.WaitForExitAsync();
            await DeleteAsync(id);

            var left = await LeftAsync(id);
            Assert.True(left.Count == 0, $"seed {seed}, cycle {cycle}, {command[0]}: left is {string.Join(", ", left)}");
        }
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private Task<string> DeleteAsync(string id) =>
        Shell.RunAsync(PrivateHost.Runtime, ["--root", $"{folder}/root", "delete", "--force", id]);

    private Task<string> RuntimeAsync(params string[] arguments) => Shell.RunAsync(
        "sh", ["-c", "exec \"$0\" \"$@\" >>\"$OUT\" 2>&1 </dev/null", PrivateHost.Runtime, "--root", $"{folder}/root", .. arguments],
        new Dictionary<string, string> { ["OUT"] = $"{folder}/out" });

    private Process Start(string[] arguments) => Process.Start(new ProcessStartInfo(
        "sh", ["-c", "exec \"$0\" \"$@\" >>\"$OUT\" 2>&1 </dev/null", PrivateHost.Runtime, "--root", $"{folder}/root", .. arguments])
    {
        Environment = { ["OUT"] = $"{folder}/out" },
    })!;

    private async Task MakeBundleAsync()
    {
        Directory.CreateDirectory($"{folder}/rootfs/bin");
        File.Copy("/bin/busybox", $"{folder}/rootfs/bin/sh");
        await RuntimeAsync("spec", "--bundle", folder);
        var config = await File.ReadAllTextAsync($"{folder}/config.json");
        await File.WriteAllTextAsync($"{folder}/config.json", config
            .Replace("\"terminal\": true", "\"terminal\": false", StringComparison.Ordinal)
            .Replace("\"sh\"", "\"sh\", \"-c\", \"while :; do sleep 1; done\"", StringComparison.Ordinal));
    }

    /// <summary>State, cgroups, and processes: whatever was started for the container has its output in our file. An
    /// init that the kill caught on its way may take a moment to notice that its runtime is gone.</summary>
    private async Task<IReadOnlyList<string>> LeftAsync(string id)
    {
        var left = new List<string>(Directory.EnumerateFileSystemEntries($"{folder}/root"));
        left.AddRange(Directory.EnumerateDirectories("/sys/fs/cgroup").Append("/sys/fs/cgroup")
            .Select(h => $"{h}/orch-{id}").Where(Directory.Exists));
        for (var patience = 0; patience < 100 && Processes().Any(); patience++)
            await Task.Delay(20);
        return [.. left, .. Processes()];
    }

    private IEnumerable<string> Processes()
    {
        foreach (var directory in Directory.EnumerateDirectories("/proc").Where(d => char.IsAsciiDigit(d[^1])))
        {
            string? target = null;
            try
            {
                target = File.ResolveLinkTarget($"{directory}/fd/1", returnFinalTarget: false)?.FullName;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It has ended meanwhile.
            }

            if (target == $"{folder}/out")
                yield return directory;
        }
    }
}
