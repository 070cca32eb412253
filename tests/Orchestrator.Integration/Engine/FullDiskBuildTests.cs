using System.Security.Cryptography;
using Orchestrator.Integration.Support;
using Orchestrator.Testing;

namespace Orchestrator.Integration.Engine;

/// <summary>Builds that need more than the disk has.</summary>
[Collection(SmallDaemonCollection.Name)]
public sealed class FullDiskBuildTests(SmallDaemon node) : IDisposable
{
    private const string Full = "no space left on device: ";

    private readonly DirectoryInfo here = Directory.CreateTempSubdirectory("orch-full-");

    public void Dispose() => here.Delete(recursive: true);

    /// <param name="megabytes">Of the context.</param>
    /// <param name="words">Of the error's line.</param>
    [RootTheory]
    [InlineData("a step that writes", "RUN dd if=/dev/urandom of=/f bs=1M count=40", 0, "returned a non-zero code: 1")]
    [InlineData("the layer that a step makes", "RUN dd if=/dev/urandom of=/f bs=1M count=12", 0, Full)]
    [InlineData("a copy", "COPY f /", 14, Full)]
    [InlineData("the context", "COPY f /", 30, Full)]
    public async Task A_build_that_fills_the_disk_says_so_and_gives_its_room_back(
        string what, string line, int megabytes, string words)
    {
        var before = await node.FreeAsync();

        await Context(line, megabytes);
        var failed = await BuildAsync();

        Assert.True(failed.ExitCode != 0, what);
        Assert.Contains(words, failed.Error, StringComparison.Ordinal);
        Assert.Single(failed.Error.Trim().Split('\n'));
        // Who builds is told before what was sent of the context has been taken away.
        await Eventually.HoldsAsync(
            "the disk has its room again", TimeSpan.FromSeconds(10), node.FreeAsync, free => free >= before - 256);
        Assert.Equal((0, ""), await CheckAsync());
        await Context($"RUN echo {what} >/f", 0);
        Assert.Equal(0, (await BuildAsync()).ExitCode);
    }

    private Task<ShellResult> BuildAsync() => node.TryAsync("orch", "build", here.FullName);

    private async Task<(int ExitCode, string Error)> CheckAsync()
    {
        var check = await node.TryAsync("orch", "system", "check");
        return (check.ExitCode, check.Error);
    }

    private async Task Context(string line, int megabytes)
    {
        await File.WriteAllTextAsync(Path.Combine(here.FullName, "Dockerfile"), $"FROM {LoneDaemon.Image}\n{line}\n");
        await File.WriteAllBytesAsync(Path.Combine(here.FullName, "f"), RandomNumberGenerator.GetBytes(megabytes << 20));
    }
}
