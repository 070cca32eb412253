using Orchestrator.Integration.Support;
using Orchestrator.Testing;

namespace Orchestrator.Integration.Engine;

/// <summary>What a build leaves for another, in a folder of the client's.</summary>
[Collection(LoneDaemonCollection.Name)]
public sealed class BuildCacheTests(LoneDaemon node) : IDisposable
{
    private readonly DirectoryInfo here = Directory.CreateTempSubdirectory("orch-cache-");

    public void Dispose() => here.Delete(recursive: true);

    /// <param name="used">Steps that need not be done again, of the target's one and the other stage's one.</param>
    [RootTheory]
    [InlineData("min", 1)]
    [InlineData("max", 2)]
    public async Task A_cache_in_a_folder_stands_in_for_the_steps_that_it_was_to_have(string mode, int used)
    {
        var (cache, images) = (Path.Combine(here.FullName, "cache"), await node.DockerAsync("images", "-aq"));
        File.WriteAllText(Path.Combine(here.FullName, "Dockerfile"), $"""
            FROM {LoneDaemon.Image} AS other
            RUN echo {mode} >/made
            FROM {LoneDaemon.Image}
            RUN echo {mode} >/own
            COPY --from=other /made /
            """);

        var first = await BuildAsync("--cache-to", $"type=local,dest={cache},mode={mode}");
        await node.DockerAsync("rmi", "-f", "cached");
        await node.DockerAsync("builder", "prune", "-af");
        var second = await BuildAsync("--cache-from", $"type=local,src={cache}");

        Assert.Equal((0, 0), (first.ExitCode, second.ExitCode));
        Assert.DoesNotContain("Using cache", first.Output);
        Assert.Equal(used, second.Output.Split(" RUN ").Skip(1).Count(step => step.Contains("Using cache", StringComparison.Ordinal)));
        Assert.Equal("", second.Error);
        await node.DockerAsync("rmi", "-f", "cached");
        Assert.Equal(images, await node.DockerAsync("images", "-aq"));
    }

    private Task<ShellResult> BuildAsync(params string[] arguments) =>
        node.TryAsync("orch", ["build", "-t", "cached", .. arguments, here.FullName]);
}
