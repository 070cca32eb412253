using Orchestrator.Oci.Bundle;
using Orchestrator.Runtime.Seccomp;

namespace Orchestrator.Runtime.Tests.Seccomp;

public sealed class ProfileKeyTests
{
    private static readonly SyscallRule Rule = new()
    {
        Names = ["read", "write"], Action = "SCMP_ACT_ERRNO", ErrnoRet = 1,
        Args = [new(0, 1, "SCMP_CMP_EQ", 2)],
    };

    private static readonly SeccompSpec Profile = new()
    {
        DefaultAction = "SCMP_ACT_ALLOW", DefaultErrnoRet = 1, Architectures = ["SCMP_ARCH_X86_64"],
        Flags = ["SECCOMP_FILTER_FLAG_LOG"], ListenerPath = "/l", ListenerMetadata = "m", Syscalls = [Rule],
    };

    [Fact]
    public void Profiles_that_differ_anywhere_have_different_keys()
    {
        SeccompSpec[] all =
        [
            Profile,
            Profile with { DefaultAction = "SCMP_ACT_LOG" },
            Profile with { DefaultErrnoRet = null }, Profile with { DefaultErrnoRet = 0 },
            Profile with { Architectures = null }, Profile with { Architectures = [] },
            Profile with { Flags = null },
            Profile with { ListenerPath = null }, Profile with { ListenerPath = "" },
            Profile with { ListenerMetadata = null },
            Profile with { ListenerPath = "/lm", ListenerMetadata = "" },
            Profile with { Syscalls = null }, Profile with { Syscalls = [] }, Profile with { Syscalls = [Rule, Rule] },
            .. Rules().Select(r => Profile with { Syscalls = [r] }),
        ];

        Assert.Equal(all.Length, all.Select(p => Convert.ToHexString(ProfileKey.Of(p))).Distinct().Count());
    }

    [Fact]
    public void Profiles_read_twice_have_one_key() =>
        Assert.Equal(ProfileKey.Of(Profile), ProfileKey.Of(Profile with
        {
            Architectures = ["SCMP_ARCH_X86_64"], Syscalls = [Rule with { Names = ["read", "write"] }],
        }));

    private static IEnumerable<SyscallRule> Rules() =>
    [
        Rule with { Names = ["readwrite"] }, Rule with { Names = ["write", "read"] }, Rule with { Names = ["read"] },
        Rule with { Action = "SCMP_ACT_TRAP" },
        Rule with { ErrnoRet = null }, Rule with { ErrnoRet = 2 },
        Rule with { Args = null }, Rule with { Args = [] },
        Rule with { Args = [new(1, 1, "SCMP_CMP_EQ", 2)] }, Rule with { Args = [new(0, 9, "SCMP_CMP_EQ", 2)] },
        Rule with { Args = [new(0, 1, "SCMP_CMP_NE", 2)] }, Rule with { Args = [new(0, 1, "SCMP_CMP_EQ", 3)] },
        Rule with { Args = [new(0, 1, "SCMP_CMP_EQ")] },
    ];
}
