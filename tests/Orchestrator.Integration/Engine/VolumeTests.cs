using Orchestrator.Integration.Support;
using Orchestrator.Testing;

namespace Orchestrator.Integration.Engine;

/// <summary>What outlives containers.</summary>
[Collection(LoneDaemonCollection.Name)]
public sealed class VolumeTests(LoneDaemon node)
{
    private const string TmpfsOptions = "volume-opt=type=tmpfs,volume-opt=device=tmpfs,volume-opt=o=size=1m";

    [RootFact]
    public async Task A_named_volume_outlives_its_containers_and_goes_only_when_asked()
    {
        await node.DockerAsync("run", "--rm", "-v", "keep-1:/data", LoneDaemon.Image, "sh", "-c", "echo kept >/data/f");

        Assert.Equal("kept", await node.DockerAsync("run", "--rm", "-v", "keep-1:/data:ro", LoneDaemon.Image, "cat", "/data/f"));
        await node.DockerAsync("volume", "prune", "-f");
        Assert.Equal("keep-1", await node.DockerAsync("volume", "ls", "-q", "--filter", "name=keep-1", "--filter", "dangling=true"));
        await node.DockerAsync("volume", "rm", "keep-1");
        Assert.Empty(await node.DockerAsync("volume", "ls", "-q", "--filter", "name=keep-1"));
    }

    [RootFact]
    public async Task A_new_volume_has_what_the_image_has_there_before_any_start()
    {
        await node.DockerAsync("create", "--name", "filled-1", "-v", "filled-v:/bin", LoneDaemon.Image, "true");

        var volume = await node.DockerAsync("volume", "inspect", "-f", "{{.Mountpoint}}", "filled-v");

        Assert.True(File.Exists(Path.Combine(volume, "busybox")));
        Assert.Empty((await node.InsideAsync($"grep ' {node.Root}/run/containers' /proc/self/mounts")).Output);
        await node.DockerAsync("rm", "filled-1");
        await node.DockerAsync("volume", "rm", "filled-v");
    }

    [RootFact]
    public async Task A_volume_of_type_tmpfs_is_mounted_while_in_use_and_empty_afterwards()
    {
        var mount = $"type=volume,src=tmpfs-1,dst=/data,{TmpfsOptions}";

        var seen = await node.DockerAsync(
            "run", "--rm", "--mount", mount, LoneDaemon.Image, "sh", "-c", "cat /proc/mounts; echo x >/data/gone");
        var again = await node.DockerAsync("run", "--rm", "--mount", mount, LoneDaemon.Image, "ls", "/data");

        Assert.Contains("tmpfs /data tmpfs rw,relatime,size=1024k", seen);
        Assert.Empty(again);
        Assert.Empty((await node.InsideAsync("grep /volumes/tmpfs-1 /proc/self/mountinfo")).Output);
        await node.DockerAsync("volume", "rm", "tmpfs-1");
    }

    [RootFact]
    public async Task A_volume_that_binds_a_folder_is_shared_and_its_removal_leaves_the_folder()
    {
        var folder = Directory.CreateTempSubdirectory("orch-bind-").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "f"), "ours\n");
        await node.DockerAsync("volume", "create", "-o", "type=none", "-o", "o=bind,ro", "-o", $"device={folder}", "bound-1");
        await node.DockerAsync("run", "-d", "--name", "bound-a", "-v", "bound-1:/b", LoneDaemon.Image, "sleep", "100");

        await node.DockerAsync("run", "--rm", "-v", "bound-1:/b", LoneDaemon.Image, "cat", "/b/f");
        var write = await node.TryDockerAsync("exec", "bound-a", "sh", "-c", "cat /b/f; echo x >/b/f");

        Assert.Equal("ours", write.Output);
        Assert.Contains("Read-only file system", write.Error);
        await node.DockerAsync("rm", "-f", "bound-a");
        await node.DockerAsync("volume", "rm", "bound-1");
        Assert.Equal("ours\n", await File.ReadAllTextAsync(Path.Combine(folder, "f")));
        Directory.Delete(folder, recursive: true);
    }

    [RootFact]
    public async Task A_device_that_cannot_be_mounted_is_told_with_its_reason()
    {
        await node.DockerAsync("volume", "create", "-o", "type=none", "-o", "o=bind", "-o", "device=/nosuch", "broken-1");

        var run = await node.TryDockerAsync("run", "--rm", "-v", "broken-1:/b", LoneDaemon.Image, "true");

        Assert.Contains("failed to mount local volume: mount /nosuch:", run.Error);
        Assert.Contains("no such file or directory", run.Error);
        await node.DockerAsync("volume", "rm", "broken-1");
    }

    [RootFact]
    public async Task A_part_of_a_volume_can_be_mounted_and_no_link_leads_out_of_it()
    {
        await node.DockerAsync("run", "--rm", "-v", "parts-1:/v", LoneDaemon.Image, "sh", "-c",
            "mkdir -p /v/a/b; echo deep >/v/a/b/f; busybox ln -s /etc /v/evil; busybox ln -s ../../.. /v/up");

        Assert.Equal("deep", await PartAsync("a/b", "cat", "/p/f"));
        Assert.Equal("deep", await PartAsync("a/b/f", "cat", "/p"));
        Assert.Contains("cannot access path", await PartAsync("evil", "ls", "/p"));
        Assert.Equal("a evil up", (await PartAsync("up", "ls", "/p")).ReplaceLineEndings(" "));
        await node.DockerAsync("volume", "rm", "parts-1");

        async Task<string> PartAsync(string part, params string[] command)
        {
            var run = await node.TryDockerAsync(
                ["run", "--rm", "--mount", $"type=volume,src=parts-1,dst=/p,volume-subpath={part}", LoneDaemon.Image, .. command]);
            return run.ExitCode == 0 ? run.Output : run.Error;
        }
    }

    [RootFact]
    public async Task Volumes_of_another_container_can_be_had_read_only_and_stay_its_own()
    {
        await node.DockerAsync("run", "-d", "--name", "donor-1", "-v", "/anon", "-v", "named-1:/named", LoneDaemon.Image, "sleep", "100");

        var taker = await node.TryDockerAsync(
            "run", "--rm", "--volumes-from", "donor-1:ro", LoneDaemon.Image, "sh", "-c", "echo x >/anon/f; echo x >/named/f");

        Assert.Equal(2, taker.Error.Split("Read-only file system").Length - 1);
        Assert.Empty(await node.DockerAsync("exec", "donor-1", "ls", "/anon"));
        await node.DockerAsync("rm", "-fv", "donor-1");
        Assert.Equal("named-1", await node.DockerAsync("volume", "ls", "-q"));
        await node.DockerAsync("volume", "rm", "named-1");
    }
}
