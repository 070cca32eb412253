using System.Diagnostics;
using Orchestrator.Testing;

namespace Orchestrator.Images.Tests;

public sealed class DiskFullTests
{
    [RootFact]
    public async Task A_full_disk_is_an_error_with_a_remedy_and_what_was_written_is_given_back()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["disk"]);
        await RunAsync("mount", "-t", "tmpfs", "-o", "size=1m", "orch-test", folder["disk"]);
        try
        {
            var images = await ImageService.OpenAsync(new ImageOptions { DataRoot = folder["disk/data"] }, null, TimeProvider.System, default);
            await using (images)
            {
                // The first fits as an archive and not unpacked beside it; the second not even as an archive.
                await RefusedAsync(images, 600_000);
                await RefusedAsync(images, 3_000_000);
                Assert.Empty(images.List());
                Assert.Empty(images.Content.List());

                var small = new TarBuilder().File("a", new string('x', 200_000)).Build();
                await images.ImportAsync(new MemoryStream(small), new ImportOptions { Reference = "ok" }, null, default);
            }
        }
        finally
        {
            await RunAsync("umount", folder["disk"]);
        }
    }

    private static async Task RefusedAsync(ImageService images, int size)
    {
        var tar = new TarBuilder().File("a", new string('x', size)).Build();
        var error = await Assert.ThrowsAsync<ImageException>(
            () => images.ImportAsync(new MemoryStream(tar), new ImportOptions { Reference = "big" }, null, default));
        Assert.Equal(ImageError.NoSpace, error.Error);
        Assert.StartsWith("no space left on device", error.Message, StringComparison.Ordinal);
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
    }
}
