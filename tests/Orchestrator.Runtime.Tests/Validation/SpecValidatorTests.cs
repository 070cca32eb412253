using Orchestrator.Oci.Bundle;
using Orchestrator.Runtime.Validation;

namespace Orchestrator.Runtime.Tests.Validation;

public sealed class SpecValidatorTests
{
    private static readonly RuntimeSpec Default = ContainerDefaults.Spec("rootfs", ["sh"], "/orch/x");

    private static readonly IdMapping[] Map = [new(0, 100_000, 1000)];

    /// <summary>What is changed, and the beginning of the one fault it makes.</summary>
    public static TheoryData<Func<RuntimeSpec, RuntimeSpec>, string> Faults => new()
    {
        { s => s with { OciVersion = "2.0.0" }, "ociVersion: 2.0.0 is not known" },
        { s => s with { OciVersion = "new" }, "ociVersion: \"new\" is no version" },
        { s => s with { Root = null }, "root: is missing" },
        { s => s with { Process = null }, "process: is missing" },
        { s => s with { Process = s.Process! with { Args = [] } }, "process.args: no command specified" },
        { s => s with { Process = s.Process! with { Cwd = "srv" } }, "process.cwd: \"srv\" is not an absolute path" },
        { s => s with { Process = s.Process! with { OomScoreAdj = 1001 } }, "process.oomScoreAdj: 1001" },
        { s => s with { Process = s.Process! with { User = new(Umask: 512) } }, "process.user.umask: 512" },
        { s => s with { Process = s.Process! with { Rlimits = [new("RLIMIT_NOFILE", 1, 1), new("RLIMIT_NOFILE", 1, 1)] } }, "process.rlimits[1].type: RLIMIT_NOFILE is there twice" },
        { s => s with { Process = s.Process! with { Rlimits = [new("RLIMIT_HOPE", 1, 1)] } }, "process.rlimits[0].type: \"RLIMIT_HOPE\"" },
        { s => s with { Process = s.Process! with { Rlimits = [new("RLIMIT_CPU", 2, 1)] } }, "process.rlimits[0].soft: 2 is more than hard" },
        { s => s with { Process = s.Process! with { Scheduler = new() { Policy = "SCHED_BEST" } } }, "process.scheduler.policy: \"SCHED_BEST\"" },
        { s => s with { Process = s.Process! with { Scheduler = new() { Policy = "SCHED_FIFO", Nice = 1 } } }, "process.scheduler.nice: is only for" },
        { s => s with { Process = s.Process! with { IoPriority = new("IOPRIO_CLASS_BE", 8) } }, "process.ioPriority.priority: 8" },
        { s => s with { Process = s.Process! with { ExecCpuAffinity = new(Final: "3-1") } }, "process.execCPUAffinity.final: \"3-1\"" },
        { s => With(s, new MountSpec { Destination = "data", Type = "tmpfs" }), "mounts[7].destination: \"data\" is not an absolute path" },
        { s => With(s, new MountSpec { Destination = "/x/..", Type = "tmpfs" }), "mounts[7].destination: is the root itself" },
        { s => With(s, new MountSpec { Destination = "/proc/self/attr", Type = "tmpfs" }), "mounts[7].destination: a mount on /proc/self/attr is not allowed" },
        { s => With(s, new MountSpec { Destination = "/x" }), "mounts[7].type: is missing" },
        { s => With(s, new MountSpec { Destination = "/x", Options = ["bind"] }), "mounts[7].source: is missing" },
        { s => With(s, new MountSpec { Destination = "/x", Source = "/y", Options = ["bind", "rodent"] }), "mounts[7].options: \"rodent\" is no option of a bind" },
        { s => With(s, new MountSpec { Destination = "/x", Type = "proc", Options = ["tmpcopyup"] }), "mounts[7].options: tmpcopyup is only" },
        { s => With(s, new MountSpec { Destination = "/x", Source = "/y", Options = ["bind"], UidMappings = Map }), "mounts[7].gidMappings: is missing" },
        { s => With(s, new MountSpec { Destination = "/x", Source = "/y", Options = ["bind", "idmap"] }), "mounts[7].uidMappings: are missing" },
        { s => Linux(s, l => l with { Namespaces = [new("pid")] }), "linux.namespaces: a container needs a mount namespace" },
        { s => Linux(s, l => l with { Namespaces = [.. l.Namespaces!, new("pid")] }), "linux.namespaces[6].type: pid is there twice" },
        { s => Linux(s, l => l with { Namespaces = [.. l.Namespaces!, new("space")] }), "linux.namespaces[6].type: \"space\" is none of" },
        { s => Linux(s, l => l with { Namespaces = [.. l.Namespaces!, new("user", "ns")] }), "linux.namespaces[6].path: \"ns\" is not an absolute path" },
        { s => Linux(s, l => l with { UidMappings = Map }), "linux.uidMappings: are only for a new user namespace" },
        { s => Linux(s, l => l with { Namespaces = [.. l.Namespaces!, new("user")], UidMappings = Map }), "linux.gidMappings: id 0 is not mapped" },
        { s => Linux(s, l => l with { Namespaces = [.. l.Namespaces!, new("user")], UidMappings = [.. Map, new(999, 5, 2)], GidMappings = Map }), "linux.uidMappings[1]: overlaps" },
        { s => Linux(s with { Process = s.Process! with { User = new(5000) } }, l => l with { Namespaces = [.. l.Namespaces!, new("user")], UidMappings = Map, GidMappings = Map }), "process.user.uid: 5000 is not mapped" },
        { s => Linux(s, l => l with { TimeOffsets = new() { ["boottime"] = new(1) } }), "linux.timeOffsets: are only for a new time namespace" },
        { s => Linux(s, l => l with { Namespaces = [.. l.Namespaces!, new("time")], TimeOffsets = new() { ["realtime"] = new(1) } }), "linux.timeOffsets: \"realtime\"" },
        { s => Linux(s, l => l with { Namespaces = [.. l.Namespaces!.Where(n => n.Type != "uts")] }), "hostname: needs a uts namespace" },
        { s => Linux(s, l => l with { Sysctl = new() { ["kernel.panic"] = "1" } }), "linux.sysctl: sysctl \"kernel.panic\" is not in" },
        { s => Linux(s, l => l with { Devices = [new() { Type = "d", Path = "/dev/x" }] }), "linux.devices[0].type: \"d\"" },
        { s => Linux(s, l => l with { Devices = [new() { Type = "c", Path = "/dev/x", Minor = 1 << 20 }] }), "linux.devices[0].minor: 1048576" },
        { s => Linux(s, l => l with { RootfsPropagation = "loud" }), "linux.rootfsPropagation: \"loud\"" },
        { s => Linux(s, l => l with { Personality = new("SOLARIS") }), "linux.personality.domain: \"SOLARIS\"" },
        { s => Linux(s, l => l with { MaskedPaths = ["proc"] }), "linux.maskedPaths[0]: \"proc\" is not an absolute path" },
        { s => s with { Hooks = new() { Poststop = [new("x")] } }, "hooks.poststop[0].path: \"x\" is not an absolute path" },
        { s => s with { Hooks = new() { Prestart = [new("/x", Timeout: 0)] } }, "hooks.prestart[0].timeout: 0" },
    };

    [Fact]
    public void The_default_has_no_fault() => Assert.Empty(SpecValidator.Faults(Default));

    [Theory]
    [MemberData(nameof(Faults), DisableDiscoveryEnumeration = true)]
    public void A_fault_is_told_with_the_fields_name(Func<RuntimeSpec, RuntimeSpec> change, string expected) =>
        Assert.StartsWith(expected, SpecValidator.Faults(change(Default)).First(), StringComparison.Ordinal);

    private static RuntimeSpec With(RuntimeSpec spec, MountSpec mount) => spec with { Mounts = [.. spec.Mounts!, mount] };

    private static RuntimeSpec Linux(RuntimeSpec spec, Func<LinuxSpec, LinuxSpec> change) =>
        spec with { Linux = change(spec.Linux!) };
}
