using System.Text;
using Orchestrator.Integration.Support;
using Orchestrator.Testing;

namespace Orchestrator.Integration.Cluster;

/// <summary>
/// What a user gets wrong: one line that names the thing and what to do, an exit code that says no, and nothing left
/// half-made.
/// </summary>
[Collection(TestbedCollection.Name)]
public sealed class BadInputTests(Testbed testbed)
{
    [RootFact]
    public async Task A_wrong_token_is_refused_and_leaves_the_node_outside()
    {
        // m1 is a member already, so the bare attempt is made from a host of another testbed.
        var lone = new Dictionary<string, string> { ["ORCH_TESTBED"] = $"lone-{Environment.ProcessId}" };
        var program = Path.Combine(Shell.Root, "deploy", "testbed");
        await Shell.RunAsync(program, ["up", "--managers", "1", "--workers", "0", "--bare"], lone);
        try
        {
            foreach (var (token, words) in new[]
            {
                ("SWMTKN-1-short", "invalid join token"),
                ($"SWMTKN-1-{new string('a', 50)}-{new string('b', 25)}", "127.0.0.1:2377"),
            })
            {
                var result = await Shell.TryRunAsync(
                    program, ["exec", "m1", "--", "orch", "swarm", "join", "--token", token, "127.0.0.1:2377"], lone);
                Refused(result, words);
            }

            var state = await Shell.RunAsync(
                program, ["exec", "m1", "--", "orch", "info", "--format", "{{.Swarm.LocalNodeState}}"], lone);
            Assert.Equal("inactive", state);

            // A token of this shape, from another cluster, at a manager that answers.
            await Shell.RunAsync(program, ["exec", "m1", "--", "orch", "swarm", "init"], lone);
            var foreign = await Shell.RunAsync(
                program, ["exec", "m1", "--", "orch", "swarm", "join-token", "-q", "worker"], lone);
            var own = await testbed.OrchAsync("m1", "swarm", "join-token", "-q", "worker");
            Assert.NotEqual(foreign, own);
        }
        finally
        {
            await Shell.RunAsync(program, ["down"], lone);
        }
    }

    [RootFact]
    public async Task An_unknown_image_fails_the_run_with_125_and_leaves_no_container()
    {
        var result = await testbed.TryOrchAsync("w1", "run", "--name", "ghost", "registry.orch:5000/nowhere:9");

        Refused(result, "nowhere");
        Assert.Equal(125, result.ExitCode);
        Assert.Equal("", await testbed.OrchAsync("w1", "ps", "-aq", "--filter", "name=ghost"));
    }

    [RootFact]
    public async Task An_unknown_image_of_a_service_is_told_in_service_ps()
    {
        await testbed.OrchAsync("m1", "service", "create", "-d", "--name", "ghosts", "registry.orch:5000/nowhere:9");
        try
        {
            await Eventually.HoldsAsync(
                "service ps names the image", TimeSpan.FromSeconds(30),
                () => testbed.OrchAsync("m1", "service", "ps", "--no-trunc", "ghosts", "--format", "{{.Error}}"),
                errors => errors.Contains("nowhere", StringComparison.Ordinal));
        }
        finally
        {
            await testbed.RemoveServiceAsync("ghosts");
        }
    }

    [RootFact]
    public async Task A_published_port_or_a_name_that_another_service_has_is_refused_with_its_name()
    {
        await testbed.OrchAsync(
            "m1", "service", "create", "-d", "--name", "owner", "--replicas", "0", "-p", "8099:80", Testbed.WebImage);
        try
        {
            Refused(
                await testbed.TryOrchAsync(
                    "m2", "service", "create", "-d", "--name", "second", "-p", "8099:80", Testbed.WebImage),
                "8099", "owner");
            Refused(
                await testbed.TryOrchAsync("m3", "service", "create", "-d", "--name", "owner", Testbed.WebImage), "owner");
            Assert.Equal("owner", await testbed.OrchAsync("m1", "service", "ls", "--format", "{{.Name}}"));
        }
        finally
        {
            await testbed.RemoveServiceAsync("owner");
        }
    }

    [RootFact]
    public async Task A_host_port_or_a_container_name_that_is_taken_is_refused_and_nothing_is_left()
    {
        await testbed.OrchAsync("w1", "run", "-d", "--name", "first", "-p", "8098:80", Testbed.WebImage);
        try
        {
            Refused(
                await testbed.TryOrchAsync("w1", "run", "-d", "--name", "first", Testbed.WebImage), "/first");
            Refused(
                await testbed.TryOrchAsync("w1", "run", "--rm", "--name", "other", "-p", "8098:80", Testbed.WebImage), "8098");
            Assert.Equal("first", await testbed.OrchAsync(
                "w1", "ps", "--filter", "name=first", "--filter", "name=other", "--format", "{{.Names}}"));
        }
        finally
        {
            await testbed.TryOrchAsync("w1", "rm", "-f", "first", "other");
        }
    }

    [RootFact]
    public async Task A_damaged_archive_is_refused_by_load_and_by_import_and_no_image_is_kept()
    {
        var before = await testbed.OrchAsync("w1", "images", "-aq");
        var damaged = Path.Combine(Path.GetTempPath(), $"orch-damaged-{Environment.ProcessId}.tar");
        try
        {
            using (var tar = Testbed.WebImageTar())
                await File.WriteAllBytesAsync(damaged, tar.ToArray()[..5000]);
            Refused(await testbed.TryOrchAsync("w1", "import", damaged, "damaged:1"));
            Refused(await testbed.TryOrchAsync("w1", "load", "-i", damaged));
            await File.WriteAllTextAsync(damaged, new string('x', 4096), Encoding.ASCII);
            Refused(await testbed.TryOrchAsync("w1", "load", "-i", damaged));
            Refused(await testbed.TryOrchAsync("w1", "import", damaged, "damaged:1"));
        }
        finally
        {
            File.Delete(damaged);
        }

        Assert.Equal(before, await testbed.OrchAsync("w1", "images", "-aq"));
    }

    [RootFact]
    public async Task A_wrong_constraint_or_an_unknown_network_is_refused_before_anything_is_made()
    {
        Refused(
            await testbed.TryOrchAsync("m1", "service", "create", "-d", "--name", "bad", "--constraint", "node.color==red", Testbed.WebImage),
            "node.color");
        Refused(
            await testbed.TryOrchAsync("m1", "service", "create", "-d", "--name", "bad", "--network", "nonet", Testbed.WebImage),
            "nonet");
        Refused(await testbed.TryOrchAsync("m1", "service", "inspect", "bad"), "bad");
    }

    [RootFact]
    public async Task A_daemon_that_cannot_run_says_why_in_one_line()
    {
        var orchd = Path.Combine(Shell.Root, "out", "bin", "orchd");

        Refused(await Shell.TryRunAsync("setpriv", ["--reuid", "65534", "--clear-groups", orchd]), "root");
        Refused(await testbed.TryExecAsync("w1", orchd), "/var/lib/orch"); // That host's own daemon holds the lock.
        Refused(await testbed.TryExecAsync("w1", orchd, "--no-such-flag"), "no-such-flag");
        // A host whose kernel offers no cgroups, as far as orchd can see.
        Refused(
            await testbed.TryExecAsync(
                "w1", "unshare", "-m", "sh", "-c", $"mount -t tmpfs none /sys/fs/cgroup && exec {orchd}"),
            "no cgroups are mounted", "mount -t cgroup2");
    }

    [RootFact]
    public async Task A_full_disk_fails_an_import_in_one_line_and_the_space_comes_back()
    {
        var lone = new Dictionary<string, string> { ["ORCH_TESTBED"] = $"full-{Environment.ProcessId}" };
        var program = Path.Combine(Shell.Root, "deploy", "testbed");
        var state = $"/var/tmp/orch-full-{Environment.ProcessId}";
        await Shell.RunAsync(program, ["up", "--managers", "1", "--workers", "0", "--bare"], lone);
        try
        {
            // The daemon begins again on a disk of its own that an image does not fit on.
            await Shell.RunAsync(program, ["kill", "m1"], lone);
            await Shell.RunAsync(
                program, ["exec", "m1", "--", "mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", "/var/lib/orch"], lone);
            await Shell.RunAsync(program, ["start", "m1"], lone);
            var big = Path.Combine(state, "big.tar");
            await using (var file = File.Create(big))
                await WriteBigTarAsync(file, megabytes: 24);

            var result = await Shell.TryRunAsync(program, ["exec", "m1", "--", "orch", "import", big, "big:1"], lone);

            Refused(result, "no space left");
            Assert.Equal("", await Shell.RunAsync(program, ["exec", "m1", "--", "orch", "images", "-aq"], lone));
            var used = await Shell.RunAsync(
                program, ["exec", "m1", "--", "sh", "-c", "du -sm /var/lib/orch | cut -f1"], lone);
            Assert.True(int.Parse(used, System.Globalization.CultureInfo.InvariantCulture) <= 2, $"{used} MB are left behind");
        }
        finally
        {
            await Shell.RunAsync(program, ["down"], lone);
        }
    }

    private static async Task WriteBigTarAsync(Stream file, int megabytes)
    {
        await using var writer = new System.Formats.Tar.TarWriter(file, leaveOpen: true);
        var noise = new byte[1 << 20];
        for (var i = 0; i < megabytes; i++)
        {
            new Random(i).NextBytes(noise); // Incompressible.
            using var data = new MemoryStream(noise);
            await writer.WriteEntryAsync(
                new System.Formats.Tar.PaxTarEntry(System.Formats.Tar.TarEntryType.RegularFile, $"noise-{i}") { DataStream = data });
        }
    }

    private static void Refused(ShellResult result, params string[] words)
    {
        Assert.NotEqual(0, result.ExitCode);
        var said = result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        // As docker does, run tells of the pull it tries, and a refused flag is followed by where to read more.
        var lines = said.Where(l => !l.StartsWith("See '", StringComparison.Ordinal)
            && !l.StartsWith("Run '", StringComparison.Ordinal)
            && !l.StartsWith("Unable to find image", StringComparison.Ordinal)).ToList();
        Assert.True(lines.Count == 1, $"one line was expected:\n{result.Error}");
        foreach (var word in words)
            Assert.Contains(word, lines[0], StringComparison.Ordinal);
    }
}
