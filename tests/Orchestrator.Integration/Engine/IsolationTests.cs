using Orchestrator.Integration.Support;
using Orchestrator.Testing;

namespace Orchestrator.Integration.Engine;

/// <summary>What `docker run` asks for, as the kernel then has it inside.</summary>
[Collection(LoneDaemonCollection.Name)]
public sealed class IsolationTests(LoneDaemon node)
{
    /// <summary>Prints the first of some files that is there: that of cgroup v1, or that of v2.</summary>
    private const string Show =
        "show() { for f in \"$@\"; do [ -e /sys/fs/cgroup/$f ] && { read x </sys/fs/cgroup/$f; echo $x; return; }; done; echo absent; }; ";

    [RootFact]
    public async Task Limits_are_in_the_kernel_and_an_update_changes_them_for_now_and_for_the_next_start()
    {
        await node.DockerAsync(
            "run", "-d", "--name", "limits", "-m", "64m", "--memory-swap", "128m", "--cpus", "0.5", "-c", "512",
            "--cpuset-cpus", "0", "--pids-limit", "50", "--device-read-bps", $"{await DiskAsync()}:1mb", "--shm-size", "8m",
            LoneDaemon.Image, "sleep", "100");

        Assert.Equal("67108864 50 0 512 50000", await LimitsAsync());
        Assert.Contains("size=8192k", await node.DockerAsync("exec", "limits", "busybox", "grep", " /dev/shm ", "/proc/mounts"));
        Assert.Contains(" 1048576", await node.DockerAsync("exec", "limits", "sh", "-c",
            "cat /sys/fs/cgroup/blkio/blkio.throttle.read_bps_device 2>/dev/null || busybox sed 's/rbps=/ /;s/ wbps.*//' /sys/fs/cgroup/io.max"));

        await node.DockerAsync(
            "update", "-m", "80m", "--memory-swap", "160m", "--pids-limit", "60", "-c", "256", "--cpus", "0.25",
            "--restart", "unless-stopped", "limits");
        Assert.Equal("83886080 60 0 256 25000", await LimitsAsync());
        var refused = await node.TryDockerAsync("update", "-m", "900m", "limits");
        Assert.Contains("Memory limit should be smaller than already set memoryswap limit", refused.Error);

        await node.DockerAsync("restart", "-t", "0", "limits");
        Assert.Equal("83886080 60 0 256 25000", await LimitsAsync());
        Assert.Equal("unless-stopped", await node.DockerAsync("inspect", "-f", "{{.HostConfig.RestartPolicy.Name}}", "limits"));
        await node.DockerAsync("rm", "-f", "limits");
    }

    [RootFact]
    public async Task A_container_that_was_bound_to_no_cpus_can_be_bound_while_it_runs()
    {
        await node.DockerAsync("run", "-d", "--name", "cpus", LoneDaemon.Image, "sleep", "100");

        await node.DockerAsync("update", "--cpuset-cpus", "0", "cpus");

        Assert.EndsWith("\t0", await node.DockerAsync("exec", "cpus", "busybox", "grep", "Cpus_allowed_list", "/proc/1/status"));
        await node.DockerAsync("rm", "-f", "cpus");
    }

    [RootFact]
    public async Task Identity_capabilities_and_privileges_are_those_asked_for()
    {
        var output = await node.DockerAsync(
            "run", "--rm", "-u", "1000:7", "--group-add", "77", "--cap-drop", "ALL", "--cap-add", "net_raw",
            "--security-opt", "no-new-privileges", "--ulimit", "nofile=100:200", "--oom-score-adj", "100",
            "--sysctl", "net.core.somaxconn=77", "--read-only", "--tmpfs", "/t:size=1m,exec", "--hostname", "named",
            "--device", "/dev/full:/dev/brimming:r", "-w", "/tmp", "--init", LoneDaemon.Image, "sh", "-c",
            """
            busybox id; ulimit -Sn; ulimit -Hn; cat /proc/self/oom_score_adj /proc/sys/net/core/somaxconn; hostname; busybox pwd
            busybox grep -E 'CapEff|CapBnd|NoNewPrivs|Seccomp:' /proc/self/status
            busybox touch /tmp/x 2>/dev/null || echo read-only; busybox grep -c ' /t tmpfs rw,nosuid,nodev,relatime' /proc/mounts
            busybox stat -c '%t:%T' /dev/brimming; cat /proc/1/comm; cat /proc/sys/kernel/random/boot_id >/dev/null && echo $$
            """);

        var lines = output.Split('\n');
        Assert.Equal(["uid=1000 gid=7 groups=77", "100", "200", "100", "77", "named", "/tmp"], lines[..7]);
        Assert.Equal(
            ["CapEff:\t0000000000000000", "CapBnd:\t0000000000002000", "NoNewPrivs:\t1", "Seccomp:\t2"], lines[7..11]);
        Assert.Equal(["read-only", "1", "1:7"], lines[11..14]);
        Assert.NotEqual("1", lines[^1]); // Pid 1 is the init.
    }

    [RootFact]
    public async Task Namespaces_are_shared_with_the_host_or_another_container_as_asked()
    {
        await node.DockerAsync(
            "run", "-d", "--name", "donor", "--ipc", "shareable", "--hostname", "donor", LoneDaemon.Image, "sh", "-c",
            "echo shared >/dev/shm/x; exec sleep 100");
        const string names = "for n in pid ipc uts net cgroup; do busybox readlink /proc/self/ns/$n; done";
        var own = (await node.DockerAsync("exec", "donor", "sh", "-c", names)).Split('\n');

        var joined = (await node.DockerAsync(
            "run", "--rm", "--pid", "container:donor", "--ipc", "container:donor", "--network", "container:donor",
            LoneDaemon.Image, "sh", "-c", names + "; cat /dev/shm/x; ps | busybox grep -c 'sleep 100'")).Split('\n');
        var hosts = (await node.DockerAsync(
            "run", "--rm", "--pid", "host", "--ipc", "host", "--uts", "host", "--network", "host", "--cgroupns", "host",
            LoneDaemon.Image, "sh", "-c", names)).Split('\n');
        var refused = await node.TryDockerAsync("run", "--rm", "--ipc", "container:nosuch", LoneDaemon.Image, "true");
        var none = await node.DockerAsync("run", "--rm", "--ipc", "none", LoneDaemon.Image, "sh", "-c", "busybox grep -c /dev/shm /proc/mounts || true");

        Assert.Equal((own[0], own[1], own[3]), (joined[0], joined[1], joined[3]));
        Assert.NotEqual((own[2], own[4]), (joined[2], joined[4]));
        Assert.Equal("shared", joined[5]);
        Assert.NotEqual("0", joined[6]);
        var ours = (await node.InsideAsync("for n in pid ipc uts net cgroup; do readlink /proc/self/ns/$n; done")).Lines;
        Assert.Equal(ours[..4], hosts[..4]);
        Assert.Contains("No such container: nosuch", refused.Error);
        Assert.Equal("0", none);
        await node.DockerAsync("rm", "-f", "donor");
    }

    [RootFact]
    public async Task A_privileged_container_divides_its_cgroups_and_no_other_does()
    {
        string[] divide = ["sh", "-c", "cd /sys/fs/cgroup; [ -d pids ] && cd pids; mkdir mine && echo made"];

        var privileged = await node.TryDockerAsync(["run", "--rm", "--privileged", LoneDaemon.Image, .. divide]);
        var plain = await node.TryDockerAsync(["run", "--rm", LoneDaemon.Image, .. divide]);

        Assert.Equal(("made", ""), (privileged.Output, plain.Output));
        Assert.Contains("Read-only file system", plain.Error);
    }

    [RootFact]
    public async Task A_privileged_container_has_the_hosts_devices_and_every_capability_of_the_daemon()
    {
        var output = await node.DockerAsync("run", "--rm", "--privileged", LoneDaemon.Image, "sh", "-c",
            "busybox grep CapEff /proc/self/status; ls /dev | busybox wc -l; busybox grep -c ' /proc/sys ' /proc/mounts || true; busybox grep Seccomp: /proc/self/status");

        var lines = output.Split('\n');
        var daemons = (await node.InsideAsync("grep CapEff /proc/self/status")).Output;
        Assert.Equal(daemons, lines[0]);
        Assert.True(int.Parse(lines[1]) > 20, output);
        Assert.Equal(["0", "Seccomp:\t0"], lines[2..]);
    }

    [RootFact]
    public async Task Binds_and_volumes_are_mounted_as_asked_and_can_be_inherited()
    {
        await node.InsideAsync("mkdir -p /tmp/orch-iso-src/sub; mount -t tmpfs none /tmp/orch-iso-src/sub");
        await node.DockerAsync(
            "run", "-d", "--name", "mounts", "-v", "/tmp/orch-iso-src:/ro:ro", "-v", "/tmp/orch-iso-src:/rw:rw,rslave",
            "--mount", "type=tmpfs,target=/mt,tmpfs-size=1m,tmpfs-mode=700", "--mount", "type=volume,source=iso-vol,target=/vol",
            "--mount", "type=bind,source=/tmp/orch-iso-src,target=/flat,bind-recursive=disabled", LoneDaemon.Image, "sleep", "100");

        var output = await node.DockerAsync("exec", "mounts", "sh", "-c",
            """
            busybox touch /ro/x 2>&1 || true; busybox touch /ro/sub/x 2>&1 || true; busybox touch /rw/sub/y && echo written
            busybox grep ' /mt ' /proc/mounts; busybox grep -c ' /flat/sub ' /proc/mounts || true
            echo kept >/vol/x; busybox grep ' /rw ' /proc/self/mountinfo | busybox grep -c master || true
            """);
        var inherited = await node.DockerAsync("run", "--rm", "--volumes-from", "mounts:ro", LoneDaemon.Image, "sh", "-c",
            "cat /vol/x; busybox touch /vol/y 2>&1 || true");

        var lines = output.Split('\n');
        Assert.Contains("Read-only file system", lines[0]);
        Assert.Contains("Read-only file system", lines[1]);
        Assert.Equal("written", lines[2]);
        Assert.Contains("size=1024k,mode=700", lines[3]);
        Assert.Equal("0", lines[4]);
        Assert.StartsWith("kept\n", inherited, StringComparison.Ordinal);
        Assert.Contains("Read-only file system", inherited);
        await node.DockerAsync("rm", "-fv", "mounts");
        await node.InsideAsync("umount /tmp/orch-iso-src/sub; rm -rf /tmp/orch-iso-src");
    }

    [RootFact]
    public async Task What_cannot_be_had_is_an_error_that_names_it()
    {
        await RefusedAsync("Minimum memory limit allowed is 6MB", "-m", "1m");
        await RefusedAsync("as there are only", "--cpus", "4096");
        await RefusedAsync("Requested CPUs are not available", "--cpuset-cpus", "4095");
        await RefusedAsync("error gathering device information while adding custom device \"/dev/nosuch\": no such file or directory", "--device", "/dev/nosuch");
        await RefusedAsync("\"/dev/null\": not a block device", "--device-read-bps", "/dev/null:1mb");
        await RefusedAsync("invalid capability: unknown capability: \"CAP_MAGIC\"", "--cap-add", "MAGIC");
        await RefusedAsync("invalid --security-opt", "--security-opt", "magic=1");
        await RefusedAsync("unable to find user nosuch: no matching entries in passwd file", "-u", "nosuch");
        await RefusedAsync("sysctl \"net.core.somaxconn\" not allowed in host network namespace", "--network", "host", "--sysctl", "net.core.somaxconn=5");
        await RefusedAsync("unknown or invalid runtime name: nosuch", "--runtime", "nosuch");
        await RefusedAsync("No such container: nosuch", "--pid", "container:nosuch");
        if (!await MayRaiseAsync())
        {
            await RefusedAsync("ulimit nofile=900000000:900000000 is more than this daemon may give", "--ulimit", "nofile=900000000");
            await RefusedAsync("oom-score-adj -900 is less than this daemon may give", "--oom-score-adj", "-900");
        }

        Assert.Empty(await node.DockerAsync("ps", "-aq", "--filter", "status=created"));
    }

    [RootFact]
    public async Task A_health_check_is_run_shown_and_told_of()
    {
        await node.DockerAsync(
            "run", "-d", "--name", "health", "--health-cmd", "until [ -e /tmp/go ]; do sleep 0.1; done; cat /tmp/ok", "--health-interval", "300ms", "--health-retries", "2",
            LoneDaemon.Image, "sleep", "100");

        var since = DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 1;
        Assert.Contains("(health: starting)", await StatusAsync());
        await node.DockerAsync("exec", "health", "sh", "-c", "echo go >/tmp/go");
        await Eventually.HoldsAsync("it is unhealthy", TimeSpan.FromSeconds(20), StatusAsync, s => s.Contains("(unhealthy)", StringComparison.Ordinal));
        Assert.Equal("1 cat: can't open '/tmp/ok': No such file or directory", (await node.DockerAsync(
            "inspect", "-f", "{{(index .State.Health.Log 0).ExitCode}} {{(index .State.Health.Log 0).Output}}", "health")).Trim());
        await node.DockerAsync("exec", "health", "sh", "-c", "echo fine >/tmp/ok");
        await Eventually.HoldsAsync("it is healthy", TimeSpan.FromSeconds(20), StatusAsync, s => s.Contains("(healthy)", StringComparison.Ordinal));

        Assert.Equal("health", await node.DockerAsync("ps", "--filter", "health=healthy", "--format", "{{.Names}}"));
        var events = await node.DockerAsync(
            "events", "--since", $"{since}", "--until", $"{DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 1}",
            "--filter", "event=health_status", "--format", "{{.Action}}");
        Assert.Equal(["health_status: unhealthy", "health_status: healthy"], events.Split('\n'));
        await node.DockerAsync("rm", "-f", "health");
    }

    [RootFact]
    public async Task Detached_with_an_open_input_it_waits_for_input()
    {
        await node.DockerAsync("run", "-di", "--name", "waits", LoneDaemon.Image, "cat");

        Assert.Equal("running", await node.DockerAsync("inspect", "-f", "{{.State.Status}}", "waits"));
        await node.DockerAsync("rm", "-f", "waits");
    }

    private Task<string> StatusAsync() => node.DockerAsync("ps", "--filter", "name=health", "--format", "{{.Status}}");

    private Task<string> LimitsAsync() => node.DockerAsync("exec", "limits", "sh", "-c", Show +
        """
        echo $(show memory/memory.limit_in_bytes memory.max) $(show pids/pids.max pids.max) \
          $(show cpuset/cpuset.cpus cpuset.cpus) $(show cpu/cpu.shares cpu.weight) $(show cpu/cpu.cfs_quota_us cpu.max)
        """);

    /// <summary>A disk of this host.</summary>
    private async Task<string> DiskAsync() =>
        "/dev/" + (await node.InsideAsync("lsblk -dnpo KNAME | head -n 1 || ls -d /dev/[sv]da")).Lines[0].Replace("/dev/", "", StringComparison.Ordinal);

    private async Task<bool> MayRaiseAsync() =>
        (Convert.ToUInt64((await node.InsideAsync("grep CapEff /proc/self/status")).Output.Split('\t')[1], 16) & (1UL << 24)) != 0;

    private async Task RefusedAsync(string words, params string[] flags)
    {
        var result = await node.TryDockerAsync(["run", "--rm", .. flags, LoneDaemon.Image, "true"]);
        Assert.Contains(words, result.Error);
        // The stock client makes 127 of what speaks of a missing file.
        Assert.Equal(words.Contains("no such file", StringComparison.Ordinal) ? 127 : 125, result.ExitCode);
    }
}
