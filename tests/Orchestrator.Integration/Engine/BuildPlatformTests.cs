using Orchestrator.Integration.Support;
using Orchestrator.Testing;

namespace Orchestrator.Integration.Engine;

/// <summary>Builds for another processor, and steps that may more than others.</summary>
[Collection(LoneDaemonCollection.Name)]
public sealed class BuildPlatformTests(LoneDaemon node) : IDisposable
{
    private readonly DirectoryInfo here = Directory.CreateTempSubdirectory("orch-platform-");

    public void Dispose() => here.Delete(recursive: true);

    [RootFact]
    public async Task A_build_for_another_processor_runs_its_steps_on_this_one_and_is_that_ones()
    {
        var built = await BuildAsync(
            $"""
            FROM --platform=$BUILDPLATFORM {LoneDaemon.Image} AS tools
            ARG TARGETPLATFORM
            ARG BUILDPLATFORM TARGETARCH TARGETVARIANT
            RUN echo "$BUILDPLATFORM for $TARGETPLATFORM, $TARGETARCH-$TARGETVARIANT" >/made
            FROM scratch
            COPY --from=tools /made /made
            """,
            "-t", "foreign:1", "--platform", "linux/arm/v7", "-o", Path.Combine(here.FullName, "out"));

        Assert.Equal((0, ""), (built.ExitCode, built.Error.Trim()));
        Assert.Equal(
            "arm v7", await node.DockerAsync("inspect", "-f", "{{.Architecture}} {{.Variant}}", "foreign:1"));
        Assert.Equal(
            "linux/amd64 for linux/arm/v7, arm-v7\n", File.ReadAllText(Path.Combine(here.FullName, "out/made")));
    }

    [RootFact]
    public async Task A_program_of_another_processor_is_called_that()
    {
        // The head of an ELF file for AArch64 is as far as the kernel looks.
        byte[] head = [0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 183, 0, 1, 0, 0, 0];
        await File.WriteAllBytesAsync(Path.Combine(here.FullName, "program"), [.. head, .. new byte[100]]);

        var failed = await BuildAsync(
            "FROM scratch\nCOPY --chmod=755 program /program\nRUN [\"/program\"]\n", "--platform", "linux/arm64");

        Assert.Equal(1, failed.ExitCode);
        Assert.Contains("exec format error", failed.Error, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("linux/arm64", failed.Error, StringComparison.Ordinal);
        Assert.Single(failed.Error.Trim().Split('\n'));
    }

    [RootFact]
    public async Task A_step_is_as_free_as_it_asks_where_that_is_allowed()
    {
        const string mounts = "mkdir /m && mount -t tmpfs none /m && echo mounted";

        var allowed = await BuildAsync(
            $"FROM {LoneDaemon.Image}\nRUN --security=insecure {mounts}\n", "--allow", "security.insecure");
        var sandbox = await BuildAsync(
            $"FROM {LoneDaemon.Image}\nRUN --security=sandbox {mounts}\n", "--allow", "security.insecure");
        var refused = await BuildAsync($"FROM {LoneDaemon.Image}\nRUN --security=insecure {mounts}\n");

        Assert.Equal(0, allowed.ExitCode);
        Assert.Contains("\nmounted\n", allowed.Output);
        Assert.NotEqual(0, sandbox.ExitCode);
        Assert.Contains("security.insecure is not allowed: build with --allow security.insecure", refused.Error);
    }

    private Task<ShellResult> BuildAsync(string dockerfile, params string[] arguments)
    {
        File.WriteAllText(Path.Combine(here.FullName, "Dockerfile"), dockerfile);
        return node.TryAsync("orch", ["build", .. arguments, here.FullName]);
    }
}
