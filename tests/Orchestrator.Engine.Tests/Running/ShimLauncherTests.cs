using Orchestrator.Engine.Running;

namespace Orchestrator.Engine.Tests.Running;

public sealed class ShimLauncherTests
{
    [Theory]
    [InlineData("exit 0", null)]
    [InlineData("sleep 5 & exit 0", null)]
    [InlineData("sleep 5 & exit 1", "delete --force ended with 1: …")]
    [InlineData("echo cgroup is busy >&2; exit 1", "delete --force ended with 1: cgroup is busy")]
    public async Task What_the_runtime_could_not_remove_is_told(string program, string? error)
    {
        await using var rig = new Rig();
        var runtime = Path.Combine(rig.Folder, "orch-runtime");
        await File.WriteAllTextAsync(runtime, $"#!/bin/sh\n{program}\n");
        File.SetUnixFileMode(runtime, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var launcher = new ShimLauncher(new EngineOptions { RuntimePath = runtime });

        var failure = await Record.ExceptionAsync(() => launcher.DeleteAsync(
            rig.Add("web").Record, new RunDirectories(Path.Combine(rig.Folder, "run")), CancellationToken.None));

        Assert.Equal(error, failure?.Message);
    }
}
