using System.Text;
using Orchestrator.Integration.Support;
using Orchestrator.Testing;

namespace Orchestrator.Integration.Engine;

/// <summary>Builds by the stock client, whose classic builder the daemon is.</summary>
[Collection(LoneDaemonCollection.Name)]
public sealed class BuildTests(LoneDaemon node) : IDisposable
{
    private readonly DirectoryInfo here = Directory.CreateTempSubdirectory("orch-build-");

    public void Dispose() => here.Delete(recursive: true);

    [RootFact]
    public async Task A_build_says_what_dockers_says_and_its_image_runs()
    {
        Write("a.txt", "content\n");
        var dockerfile = $"""
            ARG BASE={LoneDaemon.Image}
            FROM $BASE AS first
            RUN echo made >/made
            FROM {LoneDaemon.Image} AS unused
            RUN false
            FROM $BASE
            ARG WHO=world
            ENV GREETING="hello $WHO"
            WORKDIR /app
            COPY a.txt .
            COPY --from=first /made sub/
            RUN echo $WHO; echo problem >&2
            CMD echo $GREETING; cat a.txt sub/made
            """;

        var first = await BuildAsync(dockerfile, "-t", "built:1", "--build-arg", "WHO=you", "--build-arg", "LOST=1");
        var second = await BuildAsync(dockerfile, "-t", "built:1", "--build-arg", "WHO=you");

        Assert.Equal(0, first.ExitCode);
        Assert.Contains("Step 1/11 : ARG BASE=", first.Output);
        Assert.Contains($"Step 2/11 : FROM $BASE AS first\n ---> ", first.Output);
        Assert.Contains(" ---> Running in ", first.Output);
        Assert.Contains("you\n\u001b[91mproblem\n\u001b[0m ---> Removed intermediate container ", first.Output);
        Assert.Contains("[Warning] One or more build-args [LOST] were not consumed\n", first.Output);
        Assert.Contains("Successfully tagged built:1", first.Output);
        Assert.DoesNotContain("unused", first.Output);
        Assert.Equal(5, second.Output.Split(" ---> Using cache\n").Length - 1);
        Assert.Equal(Built(first), Built(second));
        Assert.Equal("hello you\ncontent\nmade", await node.DockerAsync("run", "--rm", "built:1"));
        Assert.Contains("|1 WHO=you /bin/sh -c echo $WHO", await node.DockerAsync("history", "--no-trunc", "built:1"));
    }

    [RootFact]
    public async Task A_step_that_fails_ends_the_build_with_its_exit_status_and_leaves_nothing()
    {
        var images = await node.DockerAsync("images", "-aq");

        var failed = await BuildAsync($"FROM {LoneDaemon.Image}\nRUN echo {here.Name} >/x && exit 7\n");

        Assert.Equal(7, failed.ExitCode);
        Assert.Contains($"The command '/bin/sh -c echo {here.Name} >/x && exit 7' returned a non-zero code: 7", failed.Error);
        Assert.Equal(images, await node.DockerAsync("images", "-aq"));
        Assert.Empty(Leftovers());
    }

    [RootFact]
    public async Task What_cannot_be_built_is_refused_in_one_line()
    {
        await RefusedAsync("dockerfile parse error on line 2: unknown instruction: NOPE", "FROM x\nNOPE\n");
        await RefusedAsync("COPY failed: file not found in build context", $"FROM {LoneDaemon.Image}\nCOPY nope /\n");
        await RefusedAsync("secret token: not found", $"FROM {LoneDaemon.Image}\nRUN --mount=type=secret,id=token,required true\n");
        await RefusedAsync("network.host is not allowed", $"FROM {LoneDaemon.Image}\nRUN --network=host true\n");
        await RefusedAsync("failed to reach build target x", $"FROM {LoneDaemon.Image}\n", "--target", "x");
    }

    [RootFact]
    public async Task Files_get_where_dockers_rules_have_them()
    {
        foreach (var name in (string[])["src/a.c", "src/b.h", "src/sub/c.c"])
            Write(name, name);
        await Shell.RunAsync("tar", ["-C", here.FullName, "-cJf", Path.Combine(here.FullName, "t.txz"), "src"]);
        var built = await BuildAsync($"""
            FROM {LoneDaemon.Image}
            RUN mkdir -p /etc /old && chmod 700 /old && echo 'bob:x:1001:1002::/:/bin/sh' >/etc/passwd
            COPY src /dir
            COPY src/*.? /flat/
            COPY --chown=bob --chmod=640 src/a.c /own/x
            COPY --parents src/./sub/c.c /par/
            COPY --exclude=*.h src /old/
            COPY --link src/a.c /linked/a
            ADD t.txz /tar
            COPY <<EOT /doc
            $PATH
            EOT
            RUN --mount=type=bind,source=src,target=/mnt --mount=type=cache,target=/var/cache --mount=type=tmpfs,target=/tmp \
              cp /mnt/a.c /var/cache/kept && touch /tmp/gone && cd / && find dir flat own par old linked tar doc -exec stat -c '%n %a %u:%g' {"{}"} + | sort
            RUN --mount=type=cache,target=/var/cache ls /var/cache /var /mnt /tmp 2>&1; true
            """);

        Assert.Contains(
            """
            dir 755 0:0
            dir/a.c 644 0:0
            dir/b.h 644 0:0
            dir/sub 755 0:0
            dir/sub/c.c 644 0:0
            doc 644 0:0
            flat 755 0:0
            flat/a.c 644 0:0
            flat/b.h 644 0:0
            linked 755 0:0
            linked/a 644 0:0
            old 700 0:0
            old/a.c 644 0:0
            old/sub 755 0:0
            old/sub/c.c 644 0:0
            own 755 1001:1002
            own/x 640 1001:1002
            par 755 0:0
            par/sub 755 0:0
            par/sub/c.c 644 0:0
            tar 755 0:0
            tar/src 755 0:0
            """, built.Output);
        Assert.Contains("/var:\ncache\n", built.Output);
        Assert.Contains("/var/cache:\nkept\n", built.Output);
        Assert.Contains("/mnt: No such file", built.Output);
    }

    [RootFact]
    public async Task An_archive_that_was_added_with_its_owners_is_not_taken_for_one_without()
    {
        Write("f", "content");
        await Shell.RunAsync(
            "tar", ["-C", here.FullName, "--owner=7", "--group=7", "-cf", Path.Combine(here.FullName, "a.tar"), "f"]);

        await BuildAsync($"FROM {LoneDaemon.Image}\nADD a.tar /x/\nCMD stat -c %u /x/f", "-t", "owned:kept");
        await BuildAsync($"FROM {LoneDaemon.Image}\nADD --chown=0:0 a.tar /x/\nCMD stat -c %u /x/f", "-t", "owned:root");

        Assert.Equal("7", await node.DockerAsync("run", "--rm", "owned:kept"));
        Assert.Equal("0", await node.DockerAsync("run", "--rm", "owned:root"));
    }

    [RootFact]
    public async Task With_a_date_the_same_sources_make_the_same_image_byte_for_byte()
    {
        Write("f", "1");
        var dockerfile = $"FROM {LoneDaemon.Image}\nWORKDIR /w\nCOPY f .\nRUN date >f2 && mkdir d && rm f2\n";
        string[] arguments = ["--no-cache", "--build-arg", "SOURCE_DATE_EPOCH=1000000000"];

        var first = await BuildAsync(dockerfile, arguments);
        File.SetLastWriteTimeUtc(Path.Combine(here.FullName, "f"), DateTime.UtcNow.AddHours(-1));
        var second = await BuildAsync(dockerfile, arguments);

        Assert.Equal(Built(first), Built(second));
        Assert.StartsWith(
            "2001-09-09T01:46:40Z", await node.DockerAsync("inspect", "-f", "{{.Created}}", Built(first)), StringComparison.Ordinal);
    }

    [RootFact]
    public async Task A_base_has_its_children_run_what_it_kept_for_them()
    {
        await BuildAsync($"FROM {LoneDaemon.Image}\nONBUILD RUN echo of the base >/kept\n", "-t", "parent:1");

        var child = await BuildAsync("FROM parent:1\nCMD cat /kept\n", "-t", "child:1");

        Assert.Contains("# Executing 1 build trigger\n", child.Output);
        Assert.Equal("of the base", await node.DockerAsync("run", "--rm", "child:1"));
        Assert.Equal("[]", await node.DockerAsync("inspect", "-f", "{{.Config.OnBuild}}", "child:1"));
    }

    [RootFact]
    public async Task Squashed_a_build_is_one_layer_that_has_nothing_of_what_was_taken_away()
    {
        Write("Dockerfile", $"FROM {LoneDaemon.Image}\nRUN mkdir /d && echo 1 >/d/a\nRUN rm -r /d /bin/wget\nRUN echo 2 >/b\n");

        var built = await node.TryAsync("orch", "build", "--squash", "-t", "squashed:1", here.FullName);

        Assert.Equal(0, built.ExitCode);
        Assert.Equal("2", await node.DockerAsync("inspect", "-f", "{{len .RootFS.Layers}}", "squashed:1"));
        Assert.Equal("b\nbin", await node.DockerAsync("run", "--rm", "squashed:1", "sh", "-c", "ls -d b bin d bin/wget 2>/dev/null; true"));
    }

    [RootFact]
    public async Task A_client_that_goes_away_ends_its_build()
    {
        await Shell.TryRunAsync("timeout", ["-s", "KILL", "1", .. Command($"FROM {LoneDaemon.Image}\nRUN sleep 1000\n")], Classic);

        await Eventually.HoldsAsync(
            "nothing of the build is left", TimeSpan.FromSeconds(20),
            () => Task.FromResult(Leftovers().Count == 0 && node.Shims().Count == 0));
    }

    [RootFact]
    public async Task What_a_killed_daemon_was_building_is_swept_away_and_built_the_next_time()
    {
        var first = $"FROM {LoneDaemon.Image}\nRUN echo kept >/one\n";
        await BuildAsync(first);
        var dockerfile = first + "RUN sleep 5\n";
        var building = BuildAsync(dockerfile);
        await Eventually.HoldsAsync(
            "a step runs", TimeSpan.FromSeconds(20), () => Task.FromResult(node.Shims().Count == 1));
        await node.KillAsync("KILL");
        await building;

        await node.StartAsync();
        var left = Leftovers();
        var again = await BuildAsync(dockerfile);

        Assert.Empty(left);
        Assert.Empty(node.Shims());
        Assert.Contains("Using cache", again.Output);
        Assert.Equal(0, again.ExitCode);
    }

    private static Dictionary<string, string> Classic => new() { ["DOCKER_BUILDKIT"] = "0" };

    private Task<ShellResult> BuildAsync(string dockerfile, params string[] arguments)
    {
        var command = Command(dockerfile, arguments);
        return Shell.TryRunAsync(command[0], command[1..], Classic);
    }

    private string[] Command(string dockerfile, params string[] arguments)
    {
        Write("Dockerfile", dockerfile);
        return ["docker", "-H", $"unix://{node.ApiSocket}", "build", .. arguments, here.FullName];
    }

    private async Task RefusedAsync(string words, string dockerfile, params string[] arguments)
    {
        var refused = await BuildAsync(dockerfile, arguments);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains(words, refused.Error);
    }

    private void Write(string name, string content)
    {
        var path = Path.Combine(here.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content, new UTF8Encoding(false));
    }

    private static string Built(ShellResult build) =>
        build.Lines.Single(line => line.StartsWith("Successfully built ", StringComparison.Ordinal)).Split(' ')[^1];

    /// <summary>What only a build that runs may have on disk.</summary>
    private List<string> Leftovers() =>
    [
        .. Directory.EnumerateDirectories(Path.Combine(node.Root, "data/snapshots/c"), "b-*"),
        .. Directory.EnumerateFileSystemEntries(Path.Combine(node.Root, "data/build/work")),
        .. Directory.EnumerateFileSystemEntries(Path.Combine(node.Root, "run/build")),
        .. Directory.EnumerateDirectories(Path.Combine(node.Root, "run/containers"), "b-*"),
    ];
}
