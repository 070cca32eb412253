using System.Diagnostics;
using Orchestrator.Images;
using Orchestrator.Testing;

namespace Orchestrator.Registry.Tests;

/// <summary>A disk of four megabytes below a node that pulls, and below a registry that is pushed to.</summary>
public sealed class DiskFullTests
{
    private const int TooLarge = 6 << 20;

    [RootFact]
    public async Task A_push_to_a_full_disk_is_refused_in_words_and_its_room_is_given_back()
    {
        await OnSmallDiskAsync(async host =>
        {
            var spec = new SpecClient(host, "a");
            var once = await spec.SendAsync("POST", $"blobs/uploads/?digest={Oci.Images.Digest.Of(new byte[TooLarge])}", new byte[TooLarge]);
            var upload = await spec.BeginAsync();
            var chunk = await spec.SendAsync("PATCH", upload, new byte[TooLarge]);

            Assert.All([once, chunk], answer =>
            {
                Assert.Equal((507, "DENIED"), (answer.Status, answer.Code));
                Assert.Contains("no space left on device", answer.Text, StringComparison.Ordinal);
            });
            await spec.PushImageAsync("small");
            Assert.Equal(200, (await spec.SendAsync("GET", "manifests/small")).Status);
        });
    }

    [RootFact]
    public async Task A_pull_to_a_full_disk_is_refused_in_words_and_its_room_is_given_back()
    {
        await using var registry = await RegistryHost.StartAsync();
        var name = $"{registry.Host}/large:1";
        await PushPullTests.ImportAsync(registry.Images, name, new string('x', TooLarge));
        await registry.Images.PushAsync(name, null, null, default);
        await PushPullTests.ImportAsync(registry.Images, $"{registry.Host}/small:1", "x");
        await registry.Images.PushAsync($"{registry.Host}/small:1", null, null, default);

        await OnSmallDiskAsync(async host =>
        {
            var error = await Assert.ThrowsAsync<ImageException>(() => host.Images.PullAsync(name, null, null, null, default));

            Assert.Equal(ImageError.NoSpace, error.Error);
            Assert.StartsWith("no space left on device", error.Message, StringComparison.Ordinal);
            await host.Images.PullAsync($"{registry.Host}/small:1", null, null, null, default);
        });
    }

    /// <summary>Whatever the work does, afterwards all that is stored is whole and nothing half-made is left.</summary>
    private static async Task OnSmallDiskAsync(Func<RegistryHost, Task> work)
    {
        var disk = Directory.CreateTempSubdirectory("orch-small-").FullName;
        await RunAsync("mount", "-t", "tmpfs", "-o", "size=4m", "orch-test", disk);
        try
        {
            await using var host = await RegistryHost.StartAsync(Path.Combine(disk, "data"));
            await work(host);
            Assert.Empty((await host.Images.CheckAsync(repair: false, default)).Faults);
            Assert.Empty(Directory.EnumerateFiles(Path.Combine(host.DataRoot, "content", "ingest")));
            Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(host.DataRoot, "snapshots", "tmp")));
        }
        finally
        {
            await RunAsync("umount", disk);
            Directory.Delete(disk);
        }
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
    }
}
