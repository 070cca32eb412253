using Orchestrator.Oci.Bundle;
using Orchestrator.Oci.Shim;
using Orchestrator.Testing;

namespace Orchestrator.Runtime.Tests.Containers;

public sealed class UserNamespaceTests
{
    [RootFact]
    public void Root_inside_is_somebody_else_outside_and_owns_the_namespaces_made_with_it()
    {
        using var container = new TestContainer("/bin/sh", "-c",
            "cat /proc/self/uid_map; id -u; grep -E 'CapEff|Groups' /proc/self/status; hostname other && hostname; cat; exit 7")
            .WithUserNamespace();
        container.Spec = container.Spec with
        {
            Process = container.Spec.Process! with { Capabilities = Capabilities("CAP_SYS_ADMIN", "CAP_CHOWN") },
        };

        var (code, output, errors) = container.Run(input: "typed");

        Assert.Equal((7, ""), (code, errors));
        var lines = output.Split('\n', StringSplitOptions.TrimEntries);
        Assert.Equal(["0     100000      65536", "0", "Groups:", "CapEff:\t0000000000200001", "other", "typed"], lines);
        Assert.Empty(container.Cgroups());
    }

    [RootFact]
    public void Devices_and_the_usual_mounts_are_there_though_root_may_make_neither()
    {
        using var container = new TestContainer("/bin/sh", "-c",
            "echo lost > /dev/null; head -c 2 /dev/zero | wc -c; ls -l /dev/null /dev/mine; "
            + "grep -cE ' (/proc|/sys|/dev|/dev/pts|/dev/shm|/dev/mqueue) ' /proc/self/mounts; ls /sys/fs/cgroup | head -n 1 | grep -c .")
            .WithUserNamespace();
        container.Spec = container.Spec with
        {
            Linux = container.Spec.Linux! with
            {
                Devices = [new() { Type = "c", Path = "/dev/mine", Major = 1, Minor = 5, FileMode = 0x180, Uid = 5, Gid = 6 }],
            },
        };

        var (code, output, errors) = container.Run();

        Assert.Equal((0, ""), (code, errors));
        var lines = output.Split('\n');
        Assert.Equal("2", lines[0].Trim());
        Assert.Matches("^crw-------.* 5 +6 +1, +5 .*/dev/mine$", lines[1]);
        Assert.Matches("^crw-rw-rw-.* 0 +0 +1, +3 .*/dev/null$", lines[2]);
        Assert.Equal(["6", "1"], lines[3..5]); // None of the host's among them.
    }

    [RootFact]
    public void Devices_may_not_be_made_inside()
    {
        using var container = new TestContainer("/bin/sh", "-c", "busybox mknod /dev/sda b 8 0 || echo refused").WithUserNamespace();

        Assert.Equal("refused\n", container.Run().Output);
    }

    [RootFact]
    public void The_hosts_network_is_seen_and_belongs_to_the_host()
    {
        using var container = new TestContainer("/bin/sh", "-c",
            "ls /sys/class/net/lo >/dev/null && echo seen; echo 1 > /proc/sys/net/ipv4/ip_forward || echo refused").WithUserNamespace();
        container.Spec = container.Spec with
        {
            Linux = container.Spec.Linux! with
            {
                Namespaces = [.. container.Spec.Linux!.Namespaces!.Where(n => n.Type != "network")], ReadonlyPaths = [],
            },
        };

        Assert.Equal("seen\nrefused\n", container.Run().Output);
    }

    [RootFact]
    public void A_bind_reaches_what_only_the_hosts_root_may_pass_and_maps_its_owner()
    {
        var secret = Directory.CreateTempSubdirectory("orch-closed").FullName; // 0700
        File.WriteAllText($"{secret}/file", "shared");
        File.SetUnixFileMode($"{secret}/file", UnixFileMode.UserRead | UnixFileMode.UserWrite);
        using var container = new TestContainer("/bin/sh", "-c", "cat /data; echo x > /data || echo refused").WithUserNamespace();
        container.Spec = container.Spec with
        {
            Mounts = [.. container.Spec.Mounts!, new() { Destination = "/data", Type = "bind", Source = $"{secret}/file", Options = ["bind", "ro", "idmap"] }],
        };

        Assert.Equal("sharedrefused\n", container.Run().Output);
        Directory.Delete(secret, recursive: true);
    }

    [RootFact]
    public void A_program_of_another_user_may_reopen_its_standard_output()
    {
        using var container = new TestContainer("/bin/sh", "-c", "id -u; echo again > /dev/stdout").WithUserNamespace();
        container.Spec = container.Spec with { Process = container.Spec.Process! with { User = new(1000, 1000) } };

        Assert.Equal("1000\nagain\n", container.Run().Output);
    }

    [RootFact]
    public async Task An_exec_joins_it_and_another_container_does_by_path()
    {
        using var container = new TestContainer("/bin/sleep", "60").WithUserNamespace();
        var shim = await container.CreateAsync();
        await shim.StartAsync(CancellationToken.None);
        var state = await shim.StateAsync(CancellationToken.None);
        using var other = new TestContainer("/bin/sh", "-c", "readlink /proc/self/ns/user; cat /proc/self/uid_map; ls /proc | grep -c '^1$'")
            .WithUserNamespace();
        other.Spec = other.Spec with
        {
            Linux = other.Spec.Linux! with
            {
                UidMappings = null,
                GidMappings = null,
                Namespaces = [.. ContainerDefaults.Namespaces().Select(n => n.Type is "ipc" or "network" or "pid" ? Of(n.Type, state.Pid) : n), Of("user", state.Pid)],
            },
        };

        var (code, output, errors) = other.Run();
        var exec = await shim.ExecAsync(
            new() { Process = new() { Args = ["/bin/sh", "-c", "test $(id -u) = 0 && grep -q 100000 /proc/self/uid_map && grep -q 00000000a80425fb /proc/self/status"] }, Detach = true },
            CancellationToken.None);

        Assert.Equal((0, ""), (code, errors));
        var expected = new FileInfo($"/proc/{state.Pid}/ns/user").LinkTarget!;
        Assert.Equal([expected, "0     100000      65536", "1"], output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        Assert.Equal(0, (await shim.WaitExecAsync(exec.ExecId, CancellationToken.None)).ExitCode);
    }

    [RootFact]
    public void A_limit_is_set_from_outside_and_the_fork_of_pid_1_is_not_held_to_it()
    {
        using var container = new TestContainer("/bin/sh", "-c", "ulimit -n; ulimit -u").WithUserNamespace();
        container.Spec = container.Spec with
        {
            Process = container.Spec.Process! with { Rlimits = [new("RLIMIT_NOFILE", 100, 200), new("RLIMIT_NPROC", 1, 1)] },
        };

        Assert.Equal("100\n1\n", container.Run().Output);
    }

    [RootFact]
    public void A_file_that_is_no_namespace_is_refused_by_the_name_of_its_field()
    {
        using var container = new TestContainer("/bin/true");
        container.Spec = container.Spec with
        {
            Linux = container.Spec.Linux! with { Namespaces = [new("mount"), new("network", "/proc/self/ns/uts")] },
            Hostname = null,
        };

        var (code, _, errors) = container.Run();

        Assert.Equal(1, code);
        Assert.Contains("linux.namespaces[1].path: /proc/self/ns/uts is no network namespace", errors, StringComparison.Ordinal);
        Assert.Empty(container.Cgroups());
    }

    private static NamespaceSpec Of(string type, int pid) => new(type, $"/proc/{pid}/ns/{(type == "network" ? "net" : type)}");

    private static CapabilitySets Capabilities(params string[] names) =>
        new() { Bounding = names, Effective = names, Permitted = names };
}
