using Orchestrator.Engine.Containers;
using Orchestrator.Engine.Events;
using Orchestrator.Engine.Running;
using Orchestrator.Engine.Volumes;
using Orchestrator.Images;
using Orchestrator.Linux.Mounts;
using Orchestrator.Testing;

namespace Orchestrator.Engine.Tests.Volumes;

/// <summary>On the machine of tests/vm that has a server of NFS (tests/lib/vm/nfs). The kernel is asked for real.
/// </summary>
public sealed class NfsVolumeTests : IAsyncLifetime
{
    private const string Exported = "/tmp/nfs/export";

    private readonly string folder = Directory.CreateTempSubdirectory("orch-nfs-").FullName;
    private readonly string user = RandomId.Next();
    private ImageService images = null!;
    private VolumeStore volumes = null!;
    private VolumeMounts mounts = null!;

    public async Task InitializeAsync()
    {
        var time = TimeProvider.System;
        images = await ImageService.OpenAsync(new ImageOptions { DataRoot = folder }, null, time, CancellationToken.None);
        volumes = new VolumeStore(folder, new EventLog(time), time);
        mounts = new VolumeMounts(volumes, images, new RootMounter(null), folder);
    }

    [VmFact(Only = "nfs")]
    public void What_is_written_to_the_volume_is_in_the_exported_folder_and_stays_there()
    {
        var volume = Mount("addr=127.0.0.1,vers=4.2,rw", ":/export");

        File.WriteAllText(Path.Combine(volume, "kept"), "over the wire");
        var served = File.ReadAllText(Path.Combine(Exported, "kept"));
        var filesystem = MountOf(volume);
        mounts.Release(user);
        volumes.Remove("shared", [], force: false);

        Assert.Equal("over the wire", served);
        Assert.Contains(" - nfs4 :/export ", filesystem, StringComparison.Ordinal);
        Assert.False(MountPointTable.Contains(volume));
        Assert.True(File.Exists(Path.Combine(Exported, "kept")));
    }

    [VmFact(Only = "nfs")]
    public void The_name_of_a_server_becomes_its_IPv4_address()
    {
        var volume = Mount("addr=nfs.test,vers=4", ":/export");

        Assert.Contains(",addr=127.0.0.1", MountOf(volume), StringComparison.Ordinal);
    }

    [VmFact(Only = "nfs")]
    public void The_server_may_be_part_of_the_device_as_for_the_mount_command()
    {
        var volume = Mount("vers=4.2", "nfs.test:/export");

        Assert.Contains(" - nfs4 nfs.test:/export ", MountOf(volume), StringComparison.Ordinal);
    }

    [VmFact(Only = "nfs")]
    public void A_volume_that_is_read_only_takes_no_file()
    {
        var volume = Mount("addr=127.0.0.1,vers=4.2,ro", ":/export");

        var refusal = Assert.Throws<IOException>(() => File.WriteAllText(Path.Combine(volume, "new"), ""));

        Assert.Contains("Read-only file system", refusal.Message, StringComparison.Ordinal);
    }

    [VmFact(Only = "nfs")]
    public void A_folder_that_is_not_exported_is_told_in_dockers_words_and_nothing_is_mounted()
    {
        var refusal = Assert.Throws<EngineException>(() => Mount("addr=127.0.0.1,vers=4.2", ":/nothing"));

        var volume = volumes.PathOf("shared");
        Assert.StartsWith(
            $"error while mounting volume '{volume}': failed to mount local volume: mount :/nothing:{volume}, ",
            refusal.Message, StringComparison.Ordinal);
        Assert.EndsWith(
            "data: vers=4.2,addr=127.0.0.1: no such file or directory", refusal.Message, StringComparison.Ordinal);
        Assert.False(MountPointTable.Contains(volume));
    }

    [VmFact(Only = "nfs")]
    public void A_server_that_nobody_knows_is_told_by_its_name()
    {
        var refusal = Assert.Throws<EngineException>(() => Mount("addr=nobody.test,vers=4.2", ":/export"));

        Assert.Contains("network volume address: lookup nobody.test: ", refusal.Message, StringComparison.Ordinal);
    }

    [VmFact(Only = "nfs")]
    public void An_option_unknown_to_the_file_system_is_told_as_one() => Assert.EndsWith(
        "invalid argument (are the options those of this file system?)",
        Assert.Throws<EngineException>(() => Mount("addr=127.0.0.1,vers=4.2,colour=red", ":/export")).Message,
        StringComparison.Ordinal);

    public async Task DisposeAsync()
    {
        mounts.Release(user);
        await images.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>As for a container that starts with it.</summary>
    /// <returns>Where its files are.</returns>
    private string Mount(string options, string device)
    {
        volumes.Create("shared", null, new Dictionary<string, string>
        {
            ["type"] = "nfs", ["o"] = options, ["device"] = device,
        });
        var mount = new MountRecord(
            "volume", "shared", volumes.PathOf("shared"), "/data", ReadOnly: false, Propagation: "", Options: "");
        return mounts.Hold([mount], user, remapped: false)[0].Source;
    }

    private static string MountOf(string path) =>
        File.ReadLines("/proc/self/mountinfo").Single(line => line.Contains($" {path} ", StringComparison.Ordinal));
}
