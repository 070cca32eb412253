using Orchestrator.Oci.Bundle;
using Orchestrator.Oci.Seccomp;
using Orchestrator.Oci.Shim;
using Orchestrator.Runtime.Plans;
using Orchestrator.Testing;

namespace Orchestrator.Runtime.Tests.Seccomp;

/// <summary>Filters in real containers.</summary>
public sealed class FilteredContainerTests
{
    [RootFact]
    public void A_call_that_the_profile_denies_fails_and_others_work()
    {
        using var container = new TestContainer("/bin/sh", "-c", "mkdir /x; grep Seccomp: /proc/self/status; ls /bin/sh");
        Filter(container, Denying("SCMP_ACT_ERRNO", "mkdir"));

        var (code, output, errors) = container.Run();

        Assert.Equal((0, "Seccomp:\t2\n/bin/sh\n"), (code, output));
        Assert.Equal("mkdir: can't create directory '/x': Operation not permitted\n", errors);
    }

    [RootFact]
    public void A_call_that_kills_ends_the_container_as_sigsys_does()
    {
        using var container = new TestContainer("/bin/mkdir", "/x");
        Filter(container, Denying("SCMP_ACT_KILL_PROCESS", "mkdir"));

        Assert.Equal(128 + 31, container.Run().ExitCode);
    }

    [RootFact]
    public void With_no_new_privs_a_profile_need_not_allow_what_makes_the_container()
    {
        using var container = new TestContainer("/bin/true");
        container.Spec = container.Spec with { Process = container.Spec.Process! with { NoNewPrivileges = true } };
        // Neither of identity nor of capabilities, nor of looking for the program, nor of waiting for the start.
        Filter(container, new()
        {
            DefaultAction = "SCMP_ACT_KILL_PROCESS",
            Syscalls =
            [
                new()
                {
                    Action = "SCMP_ACT_ALLOW",
                    Names =
                    [
                        "execve", "rt_sigaction", "rt_sigprocmask", "close_range", "brk", "arch_prctl", "uname", "exit_group",
                        "set_tid_address", "set_robust_list", "rseq", "prlimit64", "readlink", "getrandom", "mprotect",
                        "getuid", "mmap", "readlinkat", "newfstatat", "fstat", "prctl", "getpid", "getgid", "setuid", "setgid",
                    ],
                },
            ],
        });

        Assert.Equal((0, "", ""), container.Run());
    }

    [RootFact]
    public void With_a_filter_and_an_init_pid_1_is_filtered_too()
    {
        foreach (var noNewPrivileges in (bool[])[true, false])
        {
            using var container = new TestContainer("/bin/grep", "Seccomp:", "/proc/1/status", "/proc/self/status");
            container.Spec = container.Spec with
            {
                Process = container.Spec.Process! with { NoNewPrivileges = noNewPrivileges },
                Annotations = new() { [RuntimeSpec.ReaperAnnotation] = "true" },
            };
            Filter(container, Denying("SCMP_ACT_ERRNO", "mkdir"));

            Assert.Equal("/proc/1/status:Seccomp:\t2\n/proc/self/status:Seccomp:\t2\n", container.Run().Output);
        }
    }

    [RootFact]
    public async Task What_is_executed_in_a_container_later_is_filtered_as_its_first_process_is()
    {
        using var container = new TestContainer("/bin/sleep", "60");
        Filter(container, Denying("SCMP_ACT_KILL_PROCESS", "mkdir"));
        var shim = await container.CreateAsync();
        await shim.StartAsync(CancellationToken.None);

        var exec = await shim.ExecAsync(
            new ExecSpec { Process = new ProcessSpec { Args = ["/bin/mkdir", "/x"] }, Detach = true }, CancellationToken.None);

        Assert.Equal(159, (await shim.WaitExecAsync(exec.ExecId, CancellationToken.None)).ExitCode);
    }

    [RootFact]
    public void Dockers_default_profile_lets_a_shell_work_and_namespaces_alone()
    {
        using var container = new TestContainer("/bin/sh", "-c",
            "busybox unshare -m true; busybox mount -t tmpfs x /bin; mkdir /x && ls -d /x; (busybox cat /proc/self/status | busybox grep Seccomp:)");
        Filter(container, ProfileResolver.Resolve(SeccompProfile.Default, ContainerDefaults.Capabilities, new Version(6, 18))!);

        var (_, output, errors) = container.Run();

        Assert.Equal("/x\nSeccomp:\t2\n", output);
        Assert.Equal("unshare: unshare(0x20000): Operation not permitted\nmount: permission denied (are you root?)\n", errors);
    }

    [RootFact]
    public void A_profile_that_is_wrong_is_told_by_field_and_leaves_nothing()
    {
        using var container = new TestContainer("/bin/true");
        Filter(container, Denying("SCMP_ACT_NOPE", "mkdir"));

        var (code, _, errors) = container.Run();

        Assert.Equal(1, code);
        Assert.StartsWith("orch-runtime: linux.seccomp.syscalls[0].action: \"SCMP_ACT_NOPE\" is none of SCMP_ACT_KILL, ", errors, StringComparison.Ordinal);
        Assert.Empty(container.Cgroups());
    }

    [RootFact]
    public void Confinement_that_this_host_does_not_have_is_an_error_not_a_promise()
    {
        (ProcessSpec, string, string?)[] cases =
        [
            (new() { ApparmorProfile = "mine" }, "process.apparmorProfile", "/sys/module/apparmor/parameters/enabled"),
            (new() { SelinuxLabel = "user_u:role_r:type_t:s0" }, "process.selinuxLabel", "/sys/fs/selinux/enforce"),
        ];
        foreach (var (asked, field, there) in cases.Where(c => !File.Exists(c.Item3)))
        {
            using var container = new TestContainer("/bin/true");
            container.Spec = container.Spec with
            {
                Process = container.Spec.Process! with { ApparmorProfile = asked.ApparmorProfile, SelinuxLabel = asked.SelinuxLabel },
            };

            var (code, _, errors) = container.Run();

            Assert.Equal(1, code);
            Assert.StartsWith($"orch-runtime: {field}: this host has no ", errors, StringComparison.Ordinal);
        }
    }

    internal static SeccompSpec Denying(string action, params string[] names) => new()
    {
        DefaultAction = "SCMP_ACT_ALLOW",
        Architectures = ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"],
        Syscalls = [new() { Names = names, Action = action }],
    };

    internal static void Filter(TestContainer container, SeccompSpec filter) =>
        container.Spec = container.Spec with { Linux = container.Spec.Linux! with { Seccomp = filter } };
}
