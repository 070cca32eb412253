using System.Text;
using Orchestrator.Integration.Support;
using Orchestrator.Testing;

namespace Orchestrator.Integration.Engine.Load;

/// <summary>The daemon is killed at any moment of builds and prunes, ORCH_KILLS times (tests/soak build-kills): nothing
/// half-made is left, every digest of the store is right, and the next try succeeds.</summary>
[Collection(LoneDaemonCollection.Name)]
public sealed class KilledBuildsTests
{
    private const string Steps = """
        RUN echo a >/a && cat /dev/zero | head -c 300000 >/zeros
        COPY data /data/
        RUN --mount=type=cache,target=/cache --mount=type=bind,from=two,target=/two,rw cp /two/b / && echo x >>/cache/f && rm -r /data
        ADD data /again/
        RUN sleep 0.1; mkdir /d && mv /a /d
        """;

    [RootFact]
    public async Task What_was_being_built_is_whole_or_gone_and_is_built_the_next_time()
    {
        await using var node = await FreshDaemon.StartAsync();
        var seed = SoakSetting.Number("ORCH_SEED", Environment.TickCount);
        var random = new Random(seed);
        var here = Directory.CreateTempSubdirectory("orch-kills-");
        try
        {
            for (var kill = 0; kill < SoakSetting.Number("ORCH_KILLS", 1); kill++)
            {
                await WriteAsync(here, random);
                var building = Task.WhenAll(BuildAsync(node.Daemon, here, "one"), BuildAsync(node.Daemon, here, "two"));
                await Task.Delay(random.Next(20, 1500));
                await node.Daemon.KillAsync("KILL");
                await building;
                await node.Daemon.StartAsync();

                var left = Leftovers(node.Daemon);
                var again = await BuildAsync(node.Daemon, here, "again");
                var check = await node.Daemon.TryAsync("orch", "system", "check");
                Assert.True(
                    left.Count == 0 && again.ExitCode == 0 && check.ExitCode == 0,
                    $"seed {seed}, kill {kill}: left {string.Join(' ', left)}; {again.Output}{again.Error}; {check.Output}{check.Error}");
            }
        }
        finally
        {
            here.Delete(recursive: true);
        }
    }

    /// <summary>Half of the time steps that are in the cache by now, so that both ways are cut off.</summary>
    private static async Task WriteAsync(DirectoryInfo here, Random random)
    {
        var data = here.CreateSubdirectory("data");
        for (var i = 0; i < 20; i++)
            await File.WriteAllTextAsync(Path.Combine(data.FullName, $"{i}"), $"{i}");
        await File.WriteAllTextAsync(
            Path.Combine(here.FullName, "Dockerfile"),
            $"FROM {LoneDaemon.Image} AS two\nRUN echo {random.Next(2)} >/b\nFROM {LoneDaemon.Image}\nENV N={random.Next(4)}\n{Steps}\n",
            new UTF8Encoding(false));
    }

    private static Task<ShellResult> BuildAsync(LoneDaemon daemon, DirectoryInfo here, string tag) => Shell.TryRunAsync(
        "docker", ["-H", $"unix://{daemon.ApiSocket}", "build", "-t", $"{tag}:1", here.FullName],
        new Dictionary<string, string> { ["DOCKER_BUILDKIT"] = "0" });

    private static List<string> Leftovers(LoneDaemon daemon) =>
    [
        .. Directory.EnumerateDirectories(Path.Combine(daemon.Root, "data/snapshots/c"), "b-*"),
        .. Directory.EnumerateFileSystemEntries(Path.Combine(daemon.Root, "data/snapshots/tmp")),
        .. Directory.EnumerateFileSystemEntries(Path.Combine(daemon.Root, "data/content/ingest")),
        .. Directory.EnumerateFileSystemEntries(Path.Combine(daemon.Root, "data/build/work")),
        .. Directory.EnumerateFileSystemEntries(Path.Combine(daemon.Root, "run/build")),
        .. Directory.EnumerateDirectories(Path.Combine(daemon.Root, "run/containers"), "b-*"),
        .. daemon.Shims().Select(pid => $"shim {pid}"),
    ];
}
