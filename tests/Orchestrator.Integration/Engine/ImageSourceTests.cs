using Orchestrator.Integration.Support;
using Orchestrator.Testing;

namespace Orchestrator.Integration.Engine;

/// <summary>Images from elsewhere than a registry, and images as what they are made of: files.</summary>
[Collection(LoneDaemonCollection.Name)]
public sealed class ImageSourceTests(LoneDaemon node)
{
    [RootFact]
    public async Task An_archive_is_imported_from_a_url_and_a_missing_one_is_not_found()
    {
        var web = Path.Combine(node.Root, "web");
        Directory.CreateDirectory(web);
        await node.DockerAsync("run", "--name", "source-1", LoneDaemon.Image, "sh", "-c", "echo far >/far");
        await node.DockerAsync("export", "-o", $"{web}/root.tar", "source-1");
        await node.InsideAsync($"busybox httpd -p 127.0.0.1:8099 -h {web}");

        var import = await node.DockerAsync("import", "-c", "ENV PATH=/bin", "http://127.0.0.1:8099/root.tar", "far:1");
        var missing = await node.TryDockerAsync("import", "http://127.0.0.1:8099/nosuch.tar", "far:2");
        var nobody = await node.TryDockerAsync("import", "http://127.0.0.1:1/root.tar", "far:3");

        Assert.Contains("sha256:", import);
        Assert.Equal("far", await node.DockerAsync("run", "--rm", "far:1", "cat", "/far"));
        Assert.Equal(
            "Imported from http://127.0.0.1:8099/root.tar", await node.DockerAsync("history", "--format", "{{.Comment}}", "far:1"));
        Assert.Contains("failed to GET http://127.0.0.1:8099/nosuch.tar with status 404 Not Found", missing.Error);
        Assert.Contains("Get \"http://127.0.0.1:1/root.tar\": Connection refused", nobody.Error);
        await node.DockerAsync("rm", "source-1");
        await node.DockerAsync("rmi", "far:1");
    }

    [RootFact]
    public async Task An_image_is_mounted_read_only_whole_or_in_part_and_stays_while_it_is_used()
    {
        await node.DockerAsync("run", "--name", "data-1", LoneDaemon.Image, "sh", "-c", "mkdir -p /d/e; echo deep >/d/e/f");
        await node.DockerAsync("commit", "data-1", "data:1");
        await node.DockerAsync("rm", "data-1");

        await node.DockerAsync(
            "run", "-d", "--name", "reader-1", "--mount", "type=image,source=data:1,target=/whole",
            "--mount", "type=image,source=data:1,target=/part,image-subpath=d/e", LoneDaemon.Image, "sleep", "100");
        var seen = await node.TryDockerAsync("exec", "reader-1", "sh", "-c", "cat /whole/d/e/f /part/f; touch /whole/x");
        var removal = await node.TryDockerAsync("rmi", "data:1");

        Assert.Equal("deep\ndeep", seen.Output);
        Assert.Contains("Read-only file system", seen.Error);
        Assert.Contains("container", removal.Error);
        Assert.Equal("image data:1 false,image data:1 false,", await node.DockerAsync(
            "inspect", "-f", "{{range .Mounts}}{{.Type}} {{.Source}} {{.RW}},{{end}}", "reader-1"));
        var missing = await node.TryDockerAsync("create", "--mount", "type=image,source=nosuch:1,target=/x", LoneDaemon.Image, "true");
        Assert.Contains("No such image: nosuch:1", missing.Error);
        await node.DockerAsync("rm", "-f", "reader-1");
        Assert.Equal("0", (await node.InsideAsync("grep -c volume-parts /proc/self/mounts")).Output);
        await node.DockerAsync("rmi", "data:1");
        Assert.Empty(Directory.GetDirectories(Path.Combine(node.Root, "data", "snapshots", "c"), "*.0"));
    }
}
