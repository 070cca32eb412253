using System.Text.Json;
using Orchestrator.Integration.Support;
using Orchestrator.Testing;

namespace Orchestrator.Integration.Daemon;

/// <summary>What a daemon says of itself, of what happened and of what takes up room, to the stock docker client.</summary>
[Collection(ConfiguredDaemonCollection.Name)]
public sealed class HostTests(ConfiguredDaemon node)
{
    [RootFact]
    public async Task Every_step_of_a_container_is_an_event()
    {
        var since = await node.InsideAsync("date +%s.%N");
        await node.DockerAsync("run", "-d", "--name", "told", "-v", "told-v:/data", "-l", "team=a", LoneDaemon.Image, "sleep", "100");
        await node.DockerAsync("exec", "told", "true");
        await node.DockerAsync("top", "told");
        await node.DockerAsync("cp", "told:/etc/hostname", "-");
        await node.DockerAsync("pause", "told");
        await node.DockerAsync("unpause", "told");
        await node.DockerAsync("rename", "told", "told-2");
        await node.DockerAsync("update", "--memory", "64m", "--memory-swap", "64m", "told-2");
        await node.DockerAsync("commit", "told-2", "told-image");
        await node.DockerAsync("export", "-o", node.ConfigurationFile + ".tar", "told-2");
        await node.DockerAsync("kill", "told-2");
        await node.DockerAsync("wait", "told-2");
        await node.DockerAsync("container", "prune", "-f", "--filter", "label=team=a");
        await node.DockerAsync("volume", "rm", "told-v");
        await node.DockerAsync("rmi", "told-image");
        await node.DockerAsync("network", "create", "told-n");
        await node.DockerAsync("network", "prune", "-f");

        var lines = (await node.DockerAsync(
            "events", "--since", since.Output, "--until", $"{DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 1}",
            "--format", "{{.Type}} {{.Action}}")).Split('\n');

        string[] container = ["create", "start", "exec_create: true", "exec_start: true", "exec_die", "top", "archive-path",
            "pause", "unpause", "rename", "update", "commit", "export", "kill", "die", "destroy", "prune"];
        Assert.Equal(container, Of("container").Where(action => action != "attach"));
        Assert.Equal(["create", "mount", "unmount", "destroy"], Of("volume"));
        Assert.Equal(["create", "untag", "delete"], Of("image"));
        Assert.Equal(["connect", "disconnect", "create", "destroy", "prune"], Of("network"));

        IEnumerable<string> Of(string type) => lines.Where(line => line.StartsWith(type + " ", StringComparison.Ordinal))
            .Select(line => line[(type.Length + 1)..]);
    }

    [RootFact]
    public async Task Layers_are_counted_once_and_what_images_share_is_told()
    {
        await node.DockerAsync("run", "--name", "df-1", "-v", "df-v:/v", LoneDaemon.Image, "sh", "-c",
            "dd if=/dev/zero of=/big bs=1k count=3000; dd if=/dev/zero of=/v/x bs=1k count=500");
        await node.DockerAsync("commit", "df-1", "df-image");

        var usage = JsonDocument.Parse(await node.DockerAsync("system", "df", "-v", "--format", "json")).RootElement;

        var images = usage.GetProperty("Images").EnumerateArray().ToDictionary(
            image => image.GetProperty("Repository").GetString()!, image => image);
        var shared = images["busybox"].GetProperty("SharedSize").GetString()!;
        Assert.Equal(shared, images["df-image"].GetProperty("SharedSize").GetString());
        Assert.Equal("0B", images["busybox"].GetProperty("UniqueSize").GetString());
        Assert.Equal("3.072MB", images["df-image"].GetProperty("UniqueSize").GetString());
        Assert.Contains(usage.GetProperty("Containers").EnumerateArray(), one =>
            one.GetProperty("Names").GetString() == "df-1" && one.GetProperty("Size").GetString() == "3.07MB");
        Assert.Contains(usage.GetProperty("Volumes").EnumerateArray(), one => one.GetProperty("Name").GetString() == "df-v"
            && one.GetProperty("Links").GetString() == "1" && one.GetProperty("Size").GetString() == "512kB");
        Assert.Contains("Local Volumes", await node.DockerAsync("system", "df"));
        await node.DockerAsync("rm", "df-1");
        await node.DockerAsync("volume", "rm", "df-v");
        await node.DockerAsync("rmi", "df-image");
    }

    [RootTheory]
    [InlineData("info")]
    [InlineData("version")]
    public async Task What_the_client_prints_has_no_blank_and_no_nil(string command)
    {
        var printed = await node.DockerAsync(command);

        Assert.DoesNotContain("<nil>", printed);
        // A line that ends with its colon is a title, and what it is of follows further in.
        var lines = printed.Split('\n');
        Assert.All(lines.Index().Where(line => line.Item.EndsWith(':') && line.Item.StartsWith(' ')), line =>
            Assert.True(Indent(lines.ElementAtOrDefault(line.Index + 1)) > Indent(line.Item), line.Item));

        static int Indent(string? line) => line is null ? 0 : line.Length - line.TrimStart().Length;
    }
}
