using Orchestrator.Oci.Bundle;
using Orchestrator.Testing;

namespace Orchestrator.Runtime.Tests.Containers;

public sealed class RunTests
{
    [RootFact]
    public void A_container_sees_itself_and_nothing_of_the_host()
    {
        using var container = new TestContainer("/bin/sh", "-c",
            "echo $$; hostname; ls /proc | grep -c '^[0-9]'; ls /proc/self/fd | tail -n 1; cat /proc/self/cgroup | grep -c orch-test; cat; exit 7");

        var (code, output, errors) = container.Run(input: "typed");

        Assert.Equal((7, ""), (code, errors));
        var lines = output.Split('\n');
        Assert.Equal(["1", "orch"], lines[..2]);
        Assert.True(int.Parse(lines[2]) <= 5); // The shell and the programs of its pipe.
        Assert.Equal("3", lines[3]); // 3 is the directory that ls reads: nothing of ours is inherited.
        Assert.Equal("0", lines[4]); // The cgroup namespace hides where it is.
        Assert.Equal("typed", lines[5]);
        Assert.Empty(container.Cgroups());
    }

    [RootFact]
    public void Capabilities_and_no_new_privs_are_as_asked()
    {
        using var container = new TestContainer("/bin/grep", "-E", "Cap|NoNewPrivs|SigIgn", "/proc/self/status");
        container.Spec = container.Spec with { Process = container.Spec.Process! with { NoNewPrivileges = true } };

        var output = container.Run().Output;

        Assert.Contains("CapEff:\t00000000a80425fb", output, StringComparison.Ordinal);
        Assert.Contains("CapBnd:\t00000000a80425fb", output, StringComparison.Ordinal);
        Assert.Contains("CapInh:\t0000000000000000", output, StringComparison.Ordinal);
        Assert.Contains("NoNewPrivs:\t1", output, StringComparison.Ordinal);
        Assert.Contains("SigIgn:\t0000000000000000", output, StringComparison.Ordinal);
    }

    [RootFact]
    public void A_user_has_its_groups_and_none_of_roots_power()
    {
        using var container = new TestContainer("/bin/sh", "-c", "id; grep CapEff /proc/self/status; mkdir /x || echo refused");
        container.Spec = container.Spec with
        {
            Process = container.Spec.Process! with
            {
                User = new UserSpec(1000, 1001, [1002, 1003]),
                Capabilities = ContainerDefaults.CapabilitySets(ContainerDefaults.Capabilities, isRoot: false),
            },
        };

        var output = container.Run().Output;

        Assert.StartsWith("uid=1000 gid=1001 groups=1002,1003", output, StringComparison.Ordinal);
        Assert.Contains("CapEff:\t0000000000000000", output, StringComparison.Ordinal);
        Assert.EndsWith("refused\n", output, StringComparison.Ordinal);
    }

    [RootFact]
    public void Masked_paths_are_empty_and_read_only_ones_cannot_be_written()
    {
        using var container = new TestContainer("/bin/sh", "-c",
            "ls /sys/firmware; head -c 1 /proc/timer_list; echo 1 > /proc/sys/kernel/panic && echo written; echo end");

        Assert.Equal("end\n", container.Run().Output);
    }

    [RootFact]
    public void A_hostile_link_in_the_image_does_not_lead_a_mount_to_the_host()
    {
        var outside = Directory.CreateTempSubdirectory("orch-outside").FullName;
        using var container = new TestContainer("/bin/true");
        File.CreateSymbolicLink($"{container.RootFs}/data", outside);
        container.Spec = container.Spec with
        {
            Mounts = [.. container.Spec.Mounts!, new() { Destination = "/data/made", Type = "tmpfs" }],
        };

        container.Run();

        Assert.Empty(Directory.EnumerateFileSystemEntries(outside));
        Directory.Delete(outside);
    }

    [RootFact]
    public void A_link_in_place_of_proc_is_refused()
    {
        using var container = new TestContainer("/bin/true");
        File.CreateSymbolicLink($"{container.RootFs}/proc", "/bin");

        var (code, _, errors) = container.Run();

        Assert.Equal(1, code);
        Assert.Contains("mount proc on /proc: too many levels of symbolic links", errors, StringComparison.Ordinal);
    }

    [RootFact]
    public void A_file_is_bound_read_only_where_there_was_none()
    {
        using var container = new TestContainer("/bin/sh", "-c", "cat /etc/resolv.conf; echo x > /etc/resolv.conf || echo refused");
        var source = Path.GetTempFileName();
        File.WriteAllText(source, "nameserver 127.0.0.11\n");
        container.Spec = container.Spec with
        {
            Mounts = [.. container.Spec.Mounts!, new() { Destination = "/etc/resolv.conf", Type = "bind", Source = source, Options = ["rbind", "ro"] }],
        };

        Assert.Equal("nameserver 127.0.0.11\nrefused\n", container.Run().Output);
        File.Delete(source);
    }

    [RootFact]
    public void What_cannot_be_executed_is_told_in_dockers_words_and_numbers()
    {
        (string Program, int Code, string Words)[] cases =
        [
            ("nosuch", 127, "exec: \"nosuch\": executable file not found in $PATH"),
            ("/nosuch", 127, "exec: \"/nosuch\": stat /nosuch: no such file or directory"),
            ("/bin", 126, "exec: \"/bin\": permission denied"),
        ];
        foreach (var (program, expected, words) in cases)
        {
            using var container = new TestContainer(program);

            var (code, _, errors) = container.Run();

            Assert.Equal((expected, $"orch-runtime: {words}\n"), (code, errors));
            Assert.Empty(container.Cgroups());
        }
    }

    [RootFact]
    public void With_an_init_the_program_is_not_pid_1_and_its_orphans_are_reaped()
    {
        using var container = new TestContainer("/bin/sh", "-c",
            "(sleep 0 & exec true) ; for i in $(seq 100); do sleep 0.1; grep -q 'State:.Z' /proc/[0-9]*/status || break; done; echo $$; grep -l 'State:.Z' /proc/[0-9]*/status; exit 6");
        container.Spec = container.Spec with { Annotations = new() { [RuntimeSpec.ReaperAnnotation] = "true" } };

        var (code, output, errors) = container.Run();

        Assert.Equal((6, "2\n", ""), (code, output, errors));
    }

    [RootFact]
    public void A_working_directory_that_is_missing_is_made()
    {
        using var container = new TestContainer("/bin/readlink", "/proc/self/cwd");
        container.Spec = container.Spec with { Process = container.Spec.Process! with { Cwd = "/srv/app" } };

        Assert.Equal("/srv/app\n", container.Run().Output);
    }

    [RootFact]
    public void A_working_directory_reached_through_an_open_descriptor_is_refused()
    {
        using var container = new TestContainer("/bin/true");
        container.Spec = container.Spec with { Process = container.Spec.Process! with { Cwd = "/proc/self/fd/3/.." } };

        Assert.NotEqual(0, container.Run().ExitCode);
    }
}
