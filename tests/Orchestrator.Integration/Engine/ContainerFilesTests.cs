using Orchestrator.Integration.Support;
using Orchestrator.Testing;

namespace Orchestrator.Integration.Engine;

/// <summary>The files of containers, by the stock client and by ours, which shall do the same.</summary>
[Collection(LoneDaemonCollection.Name)]
public sealed class ContainerFilesTests(LoneDaemon node) : IDisposable
{
    private const string Docker = "docker", Orch = "orch";

    private readonly DirectoryInfo here = Directory.CreateTempSubdirectory("orch-files-");

    public void Dispose() => here.Delete(recursive: true);

    [RootTheory]
    [InlineData(Docker, true)]
    [InlineData(Orch, true)]
    [InlineData(Orch, false)]
    public async Task What_is_copied_in_comes_out_the_same(string client, bool running)
    {
        var name = await StartAsync($"cp-{client}-{running}", running, "mkdir -p /data/deep /data/file.d");
        var tree = here.CreateSubdirectory("tree");
        await File.WriteAllTextAsync(Path.Combine(tree.FullName, "one"), "1\n");
        File.SetUnixFileMode(Path.Combine(tree.FullName, "one"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        File.CreateSymbolicLink(Path.Combine(tree.FullName, ".link"), "one");

        await OkAsync(client, "cp", tree.FullName, $"{name}:/data");                    // into a folder
        await OkAsync(client, "cp", $"{tree.FullName}/.", $"{name}:/data/deep");        // its contents
        await OkAsync(client, "cp", $"{tree.FullName}/one", $"{name}:/data/renamed");   // under another name
        await OkAsync(client, "cp", tree.FullName, $"{name}:/data/new");                // a folder that was not there
        await OkAsync(client, "cp", $"{name}:/data", $"{here.FullName}/out");
        await OkAsync(client, "cp", $"{name}:/data/deep/.link", $"{here.FullName}/");
        await OkAsync(client, "cp", "-L", $"{name}:/data/deep/.link", $"{here.FullName}/followed");

        Assert.Equal(
            [".link", "deep", "deep/.link", "deep/one", "file.d", "new", "new/.link", "new/one", "renamed", "tree",
             "tree/.link", "tree/one"],
            Below("out").Prepend(".link").Distinct().Order(StringComparer.Ordinal));
        Assert.Equal("1\n", await File.ReadAllTextAsync(Path.Combine(here.FullName, "out/tree/one")));
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserExecute,
            File.GetUnixFileMode(Path.Combine(here.FullName, "out/new/one")));
        Assert.Equal("one", new FileInfo(Path.Combine(here.FullName, ".link")).LinkTarget);
        Assert.Equal("1\n", await File.ReadAllTextAsync(Path.Combine(here.FullName, "followed")));
        await node.DockerAsync("rm", "-f", name);
    }

    [RootTheory]
    [InlineData(Docker)]
    [InlineData(Orch)]
    public async Task What_cannot_be_copied_is_refused(string client)
    {
        var name = await StartAsync($"nocp-{client}", running: true, "mkdir /d; echo x > /f");

        await RefusedAsync(client, "Could not find the file", "cp", $"{name}:/nosuch", here.FullName);
        await RefusedAsync(client, "No such container", "cp", "nosuch:/f", here.FullName);
        await RefusedAsync(client, "cannot copy directory", "cp", here.FullName, $"{name}:/f");
        await RefusedAsync(client, "no such", "cp", $"{here.FullName}/nosuch", $"{name}:/d");
        await RefusedAsync(client, "between containers", "cp", $"{name}:/f", $"{name}:/d");
        await node.DockerAsync("rm", "-f", name);
    }

    [RootFact]
    public async Task A_link_of_the_container_leads_no_copy_to_the_host()
    {
        var name = await StartAsync("evil", running: true, $"ln -s {here.FullName} /out; ln -s ../../../../etc /up");
        await File.WriteAllTextAsync(Path.Combine(here.FullName, "secret"), "s");

        await RefusedAsync(Orch, "Could not find the file", "cp", $"{name}:/out/secret", "-");
        var into = await node.TryAsync(Orch, "cp", Path.Combine(here.FullName, "secret"), $"{name}:/up/planted");

        Assert.Equal(0, into.ExitCode);
        Assert.False(File.Exists("/etc/planted"));
        Assert.Equal("s", await node.DockerAsync("exec", name, "cat", "/etc/planted"));
        await node.DockerAsync("rm", "-f", name);
    }

    [RootTheory]
    [InlineData(Docker)]
    [InlineData(Orch)]
    public async Task Diff_tells_what_was_added_changed_and_deleted(string client)
    {
        var name = await StartAsync(
            $"diff-{client}", running: false, "echo x > /bin/added; rm /bin/ls; mkdir /new; echo > /new/file");

        var changes = await OkAsync(client, "diff", name);

        Assert.Equal(["A /bin/added", "A /new", "A /new/file", "C /bin", "D /bin/ls"],
            changes.Split('\n').Order(StringComparer.Ordinal));
        await node.DockerAsync("rm", "-f", name);
    }

    [RootTheory]
    [InlineData(Docker)]
    [InlineData(Orch)]
    public async Task An_image_of_a_container_has_its_changes_and_runs(string client)
    {
        var name = await StartAsync($"commit-{client}", running: true, "echo kept > /kept; rm /bin/ls");

        await OkAsync(
            client, "commit", "-m", "a note", "-a", "Ada", "-c", "ENV COLOUR=blue", "-c", "CMD [\"cat\", \"/kept\"]", name,
            $"committed:{client}");

        Assert.Equal("kept", await node.DockerAsync("run", "--rm", $"committed:{client}"));
        Assert.Equal("blue gone", await node.DockerAsync(
            "run", "--rm", $"committed:{client}", "sh", "-c", "[ -e /bin/ls ] || echo $COLOUR gone"));
        Assert.Equal(
            "Ada a note", await node.DockerAsync("inspect", "-f", "{{.Author}} {{.Comment}}", $"committed:{client}"));
        Assert.Equal("running", await node.DockerAsync("inspect", "-f", "{{.State.Status}}", name));
        await node.DockerAsync("rm", "-f", name);
        await node.DockerAsync("rmi", $"committed:{client}");
    }

    [RootFact]
    public async Task An_export_is_the_containers_files_without_its_mounts()
    {
        var name = await StartAsync("export", running: true, "echo x > /file; echo y > /vol/inside", "-v", "/vol");
        var archive = Path.Combine(here.FullName, "all.tar");

        await OkAsync(Orch, "export", "-o", archive, name);

        var entries = (await Shell.RunAsync("tar", ["-tf", archive])).Split('\n');
        Assert.Contains("file", entries);
        Assert.Contains("bin/busybox", entries);
        Assert.DoesNotContain("vol/inside", entries);
        Assert.DoesNotContain(entries, entry => entry.StartsWith("proc/1", StringComparison.Ordinal));
        await node.DockerAsync("rm", "-fv", name);
    }

    /// <summary>A container in which <paramref name="line"/> has been run.</summary>
    private async Task<string> StartAsync(string name, bool running, string line, params string[] options)
    {
        name = name.ToLowerInvariant();
        await node.DockerAsync(
            ["run", "-d", "--name", name, .. options, LoneDaemon.Image, "sh", "-c",
             $"{line}; echo ready; {(running ? "exec sleep 1000" : "true")}"]);
        await Eventually.HoldsAsync(
            "the line has run", TimeSpan.FromSeconds(20), () => node.DockerAsync("logs", name),
            text => text.EndsWith("ready", StringComparison.Ordinal));
        if (!running)
            await node.DockerAsync("wait", name);
        return name;
    }

    private async Task<string> OkAsync(string client, params string[] arguments)
    {
        var result = await node.TryAsync(client, arguments);
        Assert.True(result.ExitCode == 0, $"{client} {string.Join(' ', arguments)}: {result.Error}");
        return result.Output;
    }

    private async Task RefusedAsync(string client, string words, params string[] arguments)
    {
        var result = await node.TryAsync(client, arguments);
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains(words, result.Error, StringComparison.OrdinalIgnoreCase);
    }

    private IEnumerable<string> Below(string folder)
    {
        var root = Path.Combine(here.FullName, folder);
        return Directory.EnumerateFileSystemEntries(root, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(root, path));
    }
}
