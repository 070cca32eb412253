using Orchestrator.Init;
using Orchestrator.Linux.Processes;
using Orchestrator.Oci.Bundle;
using Orchestrator.Runtime.Plans;
using Orchestrator.Runtime.Seccomp;

namespace Orchestrator.Runtime.Checks;

/// <summary>What confines programs, and what the runtime itself may do.</summary>
internal static class SecurityChecks
{
    private const string Seccomp = "seccomp", Lsm = "security modules", Privileges = "privileges";

    private static readonly (string Action, string Cost)[] Actions =
    [
        ("kill_process", "SCMP_ACT_KILL_PROCESS ends one thread only"),
        ("log", "SCMP_ACT_LOG is refused"),
        ("user_notif", "SCMP_ACT_NOTIFY and linux.seccomp.listenerPath are refused"),
    ];

    /// <summary>Those whose lack is felt, and how.</summary>
    private static readonly Dictionary<string, string> Costs = new()
    {
        ["CAP_SYS_ADMIN"] = "no container can be made",
        ["CAP_SYS_RESOURCE"] = "no limit above the runtime's own (nofile, nproc), no oom_score_adj below it",
        ["CAP_NET_ADMIN"] = "no network can be set up for containers, net.* sysctls cannot be set",
        ["CAP_MKNOD"] = "devices are bound from the host instead of made",
        ["CAP_SYS_PTRACE"] = "tracing other users' processes is not for containers either",
        ["CAP_SYS_NICE"] = "process.scheduler with real-time policies is refused",
        ["CAP_BPF"] = "device rules on cgroup v2 rest on CAP_SYS_ADMIN alone",
        ["CAP_SYS_BOOT"] = "reboot is not for containers either",
        ["CAP_SYS_MODULE"] = "kernel modules are not for containers either",
        ["CAP_SYS_RAWIO"] = "raw I/O is not for containers either",
        ["CAP_SYS_TIME"] = "setting the clock is not for containers either",
    };

    public static IEnumerable<Finding> All()
    {
        yield return Filter();
        var actions = (Files.Line("/proc/sys/kernel/seccomp/actions_avail") ?? "").Split(' ');
        foreach (var (action, cost) in Actions)
            yield return actions.Contains(action)
                ? Finding.Present(Seccomp, action, "the kernel names it")
                : Finding.Missing(Seccomp, action, "not in kernel.seccomp.actions_avail", cost);
        foreach (var finding in Modules())
            yield return finding;
        yield return Probe.Found(
            Privileges, "no_new_privs", Probe.InInit(new PlanEntry(PlanOp.NoNewPrivileges, "set no_new_privs")),
            "set it", "process.noNewPrivileges is refused");
        yield return Lacking(Capabilities.OfThisProcess());
        yield return Limits();
    }

    /// <summary>One that allows everything, loaded as root without no_new_privs.</summary>
    private static Finding Filter()
    {
        var program = SeccompCache.Compile(new SeccompSpec { DefaultAction = "SCMP_ACT_ALLOW" });
        return Probe.Found(
            Seccomp, "filter",
            Probe.InInit(new PlanEntry(PlanOp.Seccomp, "load a filter")
            {
                A = program.Instructions.Length, B = program.Flags, Filter = program,
            }),
            "loaded one", "every system call of the kernel is open to containers; linux.seccomp is refused");
    }

    private static IEnumerable<Finding> Modules()
    {
        var list = Files.Line("/sys/kernel/security/lsm");
        yield return Files.Line("/sys/module/apparmor/parameters/enabled") == "Y"
            ? Finding.Present(Lsm, "AppArmor", list ?? "enabled")
            : Finding.Missing(Lsm, "AppArmor", list ?? "not enabled", "process.apparmorProfile is ignored");
        yield return File.Exists("/sys/fs/selinux/enforce")
            ? Finding.Present(Lsm, "SELinux", Files.Line("/sys/fs/selinux/enforce") == "1" ? "enforcing" : "permissive")
            : Finding.Missing(Lsm, "SELinux", list ?? "not enabled", "process.selinuxLabel is refused");
    }

    private static Finding Lacking(ulong ours)
    {
        var last = int.TryParse(Files.Line("/proc/sys/kernel/cap_last_cap"), out var number) ? number : 40;
        string[] lacking = [.. Capabilities.All.Take(last + 1).Where(c => (Capabilities.Parse([c]) & ~ours) != 0)];
        if (lacking.Length == 0)
            return Finding.Present(Privileges, "capabilities", $"all {last + 1}");
        var costs = lacking.Select(c => Costs.TryGetValue(c, out var cost) ? $"{c}: {cost}" : $"{c}: not for containers either");
        var detail = $"{last + 1 - lacking.Length} of {last + 1}";
        return lacking.Contains("CAP_SYS_ADMIN")
            ? Finding.Missing(Privileges, "capabilities", detail, string.Join("; ", costs)).Required()
            : Finding.Partial(Privileges, "capabilities", detail, string.Join("; ", costs));
    }

    /// <summary>A limit nothing here depends on is raised by one.</summary>
    private static Finding Limits()
    {
        const int openFiles = 7, messageQueues = 12;
        var (_, files) = ThisProcess.Limit(openFiles);
        var (soft, hard) = ThisProcess.Limit(messageQueues);
        var failure = hard == RlimitSpec.Unlimited
            ? null
            : Probe.Do(() => ResourceLimits.Set(Environment.ProcessId, messageQueues, soft, hard + 1));
        return Probe.Found(
            Privileges, "raise limits", failure, $"raised one; open files: {files}",
            $"process.rlimits above the runtime's own are refused; open files: {files} at most");
    }
}
