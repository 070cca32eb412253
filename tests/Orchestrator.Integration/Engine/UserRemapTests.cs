using System.Formats.Tar;
using Orchestrator.Integration.Support;
using Orchestrator.Testing;

namespace Orchestrator.Integration.Engine;

/// <summary>A daemon with users for containers, certificates, and defaults; driven by the stock docker client.</summary>
[Collection(RemappedDaemonCollection.Name)]
public sealed class UserRemapTests(RemappedDaemon node)
{
    [RootFact]
    public async Task Root_inside_is_nobody_outside_and_still_root_of_all_that_is_its_own()
    {
        await node.DockerAsync(
            "run", "-d", "--name", "own", "-v", "data:/data", "-v", "/bin:/hosts:ro", "--cap-add", "NET_ADMIN",
            "--sysctl", "net.core.somaxconn=55", LoneDaemon.Image, "sleep", "100");

        var inside = (await node.DockerAsync("exec", "own", "sh", "-c",
            """
            busybox id -u; busybox grep -c . /proc/self/uid_map; busybox tr -s ' ' </proc/self/uid_map
            busybox touch /new /data/new; busybox stat -c %u /bin/busybox /new /data /data/new /etc/hosts /hosts
            cat /proc/sys/net/core/somaxconn; ip addr add 10.9.9.9/32 dev lo && echo administers
            """)).Split('\n');
        var pid = await node.DockerAsync("inspect", "-f", "{{.State.Pid}}", "own");
        var outside = await File.ReadAllLinesAsync($"/proc/{pid}/status");

        Assert.Equal(["0", "1", $" 0 {RemappedDaemon.FirstId} 65536"], inside[..3]);
        Assert.Equal(["0", "0", "0", "0", "0", "65534"], inside[3..9]);
        Assert.Equal(["55", "administers"], inside[9..]);
        Assert.Contains($"Uid:\t{RemappedDaemon.FirstId}\t", string.Join('\n', outside));
        var volume = await node.DockerAsync("volume", "inspect", "-f", "{{.Mountpoint}}", "data");
        Assert.Equal($"{RemappedDaemon.FirstId}", (await node.InsideAsync($"stat -c %u {volume}/new")).Output);
        var upper = await node.DockerAsync("inspect", "-f", "{{.GraphDriver.Data.UpperDir}}", "own");
        Assert.Equal("0", (await node.InsideAsync($"stat -c %u {upper}/new")).Output); // As images have it.

        await node.DockerAsync("restart", "-t", "0", "own");
        Assert.Equal("0", await node.DockerAsync("exec", "own", "busybox", "stat", "-c", "%u", "/new"));
        await node.DockerAsync("rm", "-fv", "own");
    }

    [RootFact]
    public async Task The_hosts_users_are_to_be_asked_for_and_needed_for_privileges()
    {
        var hosts = await node.DockerAsync(
            "run", "--rm", "--userns", "host", LoneDaemon.Image, "sh", "-c", "busybox tr -s ' ' </proc/self/uid_map");
        var privileged = await node.TryDockerAsync("run", "--rm", "--privileged", LoneDaemon.Image, "true");
        var both = await node.DockerAsync("run", "--rm", "--privileged", "--userns", "host", LoneDaemon.Image, "echo", "may");

        Assert.Equal(" 0 0 4294967295", hosts.Replace("\t", " ", StringComparison.Ordinal));
        Assert.Contains("privileged mode is incompatible with user namespaces", privileged.Error);
        Assert.Equal("may", both);
    }

    [RootFact]
    public async Task A_build_has_users_of_its_own_too_and_its_files_are_the_images()
    {
        var here = Directory.CreateTempSubdirectory("orch-remapped-");
        try
        {
            File.WriteAllText(Path.Combine(here.FullName, "token"), "secret");
            File.WriteAllText(Path.Combine(here.FullName, "Dockerfile"), $"""
                FROM {LoneDaemon.Image}
                COPY --chown=1001:1002 token /own/
                RUN --mount=type=secret,id=token --mount=type=cache,target=/cache --mount=type=tmpfs,target=/t \
                  --mount=type=bind,target=/context \
                  busybox tr -s ' ' </proc/self/uid_map && cat /run/secrets/token && echo >/cache/f && echo >/t/f \
                  && cat /context/token && mkdir /made && echo >/made/f && busybox chown 7:8 /made/f
                RUN --mount=type=cache,target=/cache busybox stat -c '%n %u:%g' /own/token /made /made/f /cache/f
                """);

            var built = await node.TryAsync(
                "orch", "build", "-t", "remapped:1", "--secret", $"id=token,src={here.FullName}/token", here.FullName);
            Assert.Equal((0, ""), (built.ExitCode, built.Error.Trim()));
            var files = await node.DockerAsync(
                "run", "--rm", "--userns", "host", "remapped:1", "busybox", "stat", "-c", "%n %u:%g", "/own/token", "/made", "/made/f");
            Assert.Contains($" 0 {RemappedDaemon.FirstId} 65536\nsecretsecret", built.Output.Replace('\t', ' '));
            Assert.Contains("/own/token 1001:1002\n/made 0:0\n/made/f 7:8\n/cache/f 0:0\n", built.Output);
            Assert.Equal("/own/token 1001:1002\n/made 0:0\n/made/f 7:8", files);
        }
        finally
        {
            here.Delete(recursive: true);
        }
    }

    [RootFact]
    public async Task What_the_daemon_was_told_of_names_and_limits_reaches_containers()
    {
        var output = await node.DockerAsync("run", "--rm", LoneDaemon.Image, "sh", "-c", "cat /etc/resolv.conf; ulimit -Sn; ulimit -Hn");
        var own = await node.DockerAsync("run", "--rm", "--dns-search", "mine.example", LoneDaemon.Image, "cat", "/etc/resolv.conf");

        Assert.Contains("search corp.example\noptions ndots:3\n512\n600", output);
        Assert.Contains("search mine.example\n", own);
    }

    [RootFact]
    public async Task What_is_copied_into_a_running_container_belongs_to_users_inside()
    {
        await node.DockerAsync("run", "-d", "--name", "taker", "-v", "taken:/data", LoneDaemon.Image, "sleep", "100");
        using var tar = new MemoryStream();
        await using (var writer = new TarWriter(tar, leaveOpen: true))
        {
            await writer.WriteEntryAsync(new PaxTarEntry(TarEntryType.Directory, "in") { Mode = (UnixFileMode)0x1ED });
            await writer.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, "in/roots") { DataStream = new MemoryStream([1]) });
            await writer.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, "in/bobs") { Uid = 1000, Gid = 100 });
        }

        foreach (var folder in new[] { "/", "/data" })
        {
            tar.Position = 0;
            var copied = await node.PipeAsync(tar, "cp", "-", $"taker:{folder}");
            Assert.True(copied.ExitCode == 0, copied.Error);
        }

        Assert.Equal(
            ["0 0", "0 0", "1000 100", "0 0", "0 0", "1000 100"],
            (await node.DockerAsync("exec", "taker", "busybox", "stat", "-c", "%u %g",
                "/in", "/in/roots", "/in/bobs", "/data/in", "/data/in/roots", "/data/in/bobs")).Split('\n'));
        await node.DockerAsync("exec", "taker", "sh", "-c", "echo more >>/in/roots");
        await node.DockerAsync("rm", "-fv", "taker");
    }

    [RootFact]
    public async Task Over_tcp_only_who_shows_a_certificate_is_answered()
    {
        // The unix socket, by which the daemon is known to be up, answers a moment before this one.
        await Eventually.HoldsAsync(
            "who shows a certificate is answered", TimeSpan.FromSeconds(10),
            () => node.DockerOverTcpAsync(node.ClientFlags, "version --format '{{.Server.Os}}'"),
            known => (known.ExitCode, known.Output) == (0, "linux"));
        var stranger = await node.DockerOverTcpAsync("--tls", "version");
        var plain = await node.DockerOverTcpAsync("", "version");

        Assert.NotEqual(0, stranger.ExitCode);
        Assert.NotEqual(0, plain.ExitCode);
    }
}
