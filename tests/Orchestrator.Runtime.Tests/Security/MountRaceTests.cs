using Orchestrator.Linux.Files;
using Orchestrator.Oci.Bundle;
using Orchestrator.Testing;

namespace Orchestrator.Runtime.Tests.Security;

/// <summary>CVE-2021-30465, CVE-2024-45310: who shares a volume with a container that is being made swaps a mount's
/// target for a link to the host.</summary>
public sealed class MountRaceTests
{
    private const int Rounds = 4, MountsARound = 150;

    [RootFact]
    public async Task A_directory_swapped_for_a_link_does_not_lead_a_mount_out_of_the_container()
    {
        var outside = Directory.CreateTempSubdirectory("orch-outside").FullName;
        var volume = Directory.CreateTempSubdirectory("orch-volume").FullName;
        for (var i = 0; i < MountsARound; i++)
            Directory.CreateDirectory($"{volume}/a/made{i}");
        File.CreateSymbolicLink($"{volume}/b", outside);
        using var stop = new CancellationTokenSource();
        var swaps = Task.Run(() => Swap(volume, stop.Token));
        try
        {
            for (var round = 0; round < Rounds; round++)
                RunOnce(volume, outside);

            Assert.Empty(Directory.EnumerateFileSystemEntries(outside));
        }
        finally
        {
            await stop.CancelAsync();
            Assert.True(await swaps > 100);
            Directory.Delete(volume, recursive: true);
            Directory.Delete(outside, recursive: true);
        }
    }

    /// <summary>Inside, the link leads to such directories too, so that every mount works whichever it met: a round that
    /// ended early would prove little. Outside there are none: the runtime would make them.</summary>
    private static void RunOnce(string volume, string outside)
    {
        using var container = new TestContainer("/bin/true");
        for (var i = 0; i < MountsARound; i++)
            Directory.CreateDirectory($"{container.RootFs}{outside}/made{i}");
        var mounts = Enumerable.Range(0, MountsARound).Select(i => new MountSpec
        {
            Destination = $"/vol/a/made{i}", Type = "tmpfs", Source = "tmpfs", Options = ["size=4k"],
        });
        container.Spec = container.Spec with
        {
            Mounts =
            [
                .. container.Spec.Mounts!,
                new() { Destination = "/vol", Type = "bind", Source = volume, Options = ["rbind"] }, .. mounts,
            ],
        };

        Assert.Equal((0, "", ""), container.Run());
    }

    private static int Swap(string volume, CancellationToken stop)
    {
        using var directory = DirectoryHandle.Open(volume);
        var count = 0;
        for (; !stop.IsCancellationRequested; count++)
            directory.Rename("a", directory, "b", exchange: true);
        return count;
    }
}
