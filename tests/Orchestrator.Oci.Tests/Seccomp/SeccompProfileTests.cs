using Orchestrator.Oci.Bundle;
using Orchestrator.Oci.Seccomp;

namespace Orchestrator.Oci.Tests.Seccomp;

public sealed class SeccompProfileTests
{
    private static readonly Version Kernel = new(6, 18, 5);

    [Fact]
    public void The_default_profile_is_the_one_docker_has_with_families_of_sockets_named()
    {
        var profile = SeccompProfile.Default;

        Assert.Equal(("SCMP_ACT_ERRNO", 1u), (profile.DefaultAction, profile.DefaultErrnoRet));
        Assert.Equal(33 - 1 + 5, profile.Syscalls!.Length);
        Assert.Equal(361, profile.Syscalls.Max(r => r.Names!.Length));
        Assert.Equal(426, profile.Syscalls.SelectMany(r => r.Names!).Distinct().Count());
    }

    [Fact]
    public void A_container_may_call_what_its_capabilities_are_for_and_no_more()
    {
        var few = Allowed(ContainerDefaults.Capabilities);
        var many = Allowed([.. ContainerDefaults.Capabilities, "CAP_SYS_ADMIN", "CAP_SYS_MODULE", "CAP_SYS_TIME"]);

        Assert.Subset(few, new HashSet<string>(["chroot", "ptrace", "read", "arch_prctl", "modify_ldt"]));
        Assert.Empty(few.Intersect(["mount", "unshare", "init_module", "settimeofday", "bpf", "io_uring_setup", "kexec_load", "keyctl"]));
        Assert.Subset(many, new HashSet<string>(["mount", "unshare", "init_module", "settimeofday", "bpf", "clone3"]));
        Assert.DoesNotContain("io_uring_setup", many);
        Assert.DoesNotContain("swapcontext", many); // Of another architecture.
    }

    [Fact]
    public void Without_sys_admin_clone3_does_not_exist_and_clone_makes_no_namespaces()
    {
        var rules = ProfileResolver.Resolve(SeccompProfile.Default, [], Kernel)!.Syscalls!;

        Assert.Equal(("SCMP_ACT_ERRNO", 38u), rules.Where(r => r.Names is ["clone3"]).Select(r => (r.Action, r.ErrnoRet!.Value)).Single());
        Assert.Equal(new SyscallArgument(0, 0x7e020000, "SCMP_CMP_MASKED_EQ"), Assert.Single(rules, r => r.Names is ["clone"]).Args!.Single());
    }

    [Fact]
    public void Ptrace_is_for_kernels_that_filter_what_a_tracer_does()
    {
        var old = ProfileResolver.Resolve(SeccompProfile.Default, [], new Version(4, 7))!;

        Assert.DoesNotContain(old.Syscalls!, r => r.Names.Contains("ptrace"));
    }

    [Fact]
    public void The_architectures_are_those_this_kernel_runs() =>
        Assert.Equal(
            ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"],
            ProfileResolver.Resolve(SeccompProfile.Default, [], Kernel)!.Architectures!);

    [Fact]
    public void What_is_excluded_is_left_out_and_old_forms_of_a_rule_are_read()
    {
        var profile = SeccompProfile.Parse("""
            {"defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_X86"], "flags": ["SECCOMP_FILTER_FLAG_LOG"],
             "syscalls": [
              {"name": "mkdir", "action": "SCMP_ACT_ERRNO", "args": null, "comment": "why", "includes": {}, "excludes": {}},
              {"names": ["a"], "action": "SCMP_ACT_KILL", "excludes": {"arches": ["amd64"]}},
              {"names": ["b"], "action": "SCMP_ACT_KILL", "excludes": {"minKernel": "5.0"}},
              {"names": ["c"], "action": "SCMP_ACT_KILL", "excludes": {"minKernel": "7.0"}},
              {"names": ["d"], "action": "SCMP_ACT_KILL", "excludes": {"caps": ["CAP_X", "CAP_CHOWN"]}},
              {"names": ["e"], "action": "SCMP_ACT_KILL", "includes": {"caps": ["CAP_X", "CAP_CHOWN"]}}]}
            """);

        var spec = ProfileResolver.Resolve(profile, ["CAP_CHOWN"], Kernel)!;

        Assert.Equal(["mkdir", "c"], spec.Syscalls!.SelectMany(r => r.Names));
        Assert.Equal(["SCMP_ARCH_X86"], spec.Architectures!);
        Assert.Equal(["SECCOMP_FILTER_FLAG_LOG"], spec.Flags!);
    }

    [Theory]
    [InlineData("{", "Decoding seccomp profile failed")]
    [InlineData("null", "Decoding seccomp profile failed")]
    [InlineData("{\"syscalls\":[null]}", "rule of the seccomp profile is null")]
    [InlineData("{\"defaultAction\":\"x\",\"architectures\":[\"a\"],\"archMap\":[{\"architecture\":\"b\"}]}", "both 'architectures' and 'archMap'")]
    [InlineData("{\"syscalls\":[{\"name\":\"a\",\"names\":[\"b\"]}]}", "both 'name' and 'names'")]
    [InlineData("{\"syscalls\":[{\"name\":\"a\",\"includes\":{\"minKernel\":\"new\"}}]}", "minKernel \"new\"")]
    public void A_profile_that_cannot_be_is_refused_with_its_reason(string json, string words)
    {
        var error = Assert.Throws<InvalidDataException>(() => ProfileResolver.Resolve(SeccompProfile.Parse(json), [], Kernel));

        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_profile_is_no_filter() =>
        Assert.Null(ProfileResolver.Resolve(SeccompProfile.Parse("{}"), [], Kernel));

    private static HashSet<string> Allowed(IReadOnlyCollection<string> capabilities) =>
        [.. ProfileResolver.Resolve(SeccompProfile.Default, capabilities, Kernel)!.Syscalls!
            .Where(r => r.Action == "SCMP_ACT_ALLOW" && r.Args is null).SelectMany(r => r.Names)];
}
