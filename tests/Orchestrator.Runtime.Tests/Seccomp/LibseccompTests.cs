using FsCheck;
using FsCheck.Fluent;
using Orchestrator.Oci.Bundle;
using Orchestrator.Oci.Seccomp;
using Orchestrator.Runtime.Seccomp;

namespace Orchestrator.Runtime.Tests.Seccomp;

/// <summary>Our programs and libseccomp's give the same answers. Above the highest number that a profile names it is
/// runc, not libseccomp, that says ENOSYS: those are left out.</summary>
public sealed class LibseccompTests
{
    [LibseccompFact]
    public void Dockers_default_profile_means_the_same_to_libseccomp() => Compare(
        ProfileResolver.Resolve(SeccompProfile.Default, ContainerDefaults.Capabilities, new Version(6, 18))!);

    /// <summary>Left out is what libseccomp 2.5 gets wrong, seen in its programs beside its own readable form of them:
    /// several rules of one call, which it merges so that one of them is lost; and calls that are not everywhere,
    /// before which it forgets to load the number.</summary>
    [LibseccompFact]
    public void So_does_any_profile_of_what_is_allowed() => Prop.ForAll(
        RandomProfiles.Any.Select(Allowing).ToArbitrary(),
        spec => Compare(spec)).Check(Config.QuickThrowOnFailure.WithMaxTest(30));

    [LibseccompFact]
    public void A_rule_without_conditions_decides_alone_to_both()
    {
        SyscallRule always = new() { Names = ["mkdir"], Action = "SCMP_ACT_ALLOW" };
        SyscallRule sometimes = new()
        {
            Names = ["mkdir"], Action = "SCMP_ACT_TRAP", Args = [new(1, 7, "SCMP_CMP_EQ")],
        };
        foreach (var rules in (SyscallRule[][])[[always, sometimes], [sometimes, always]])
            Compare(new() { DefaultAction = "SCMP_ACT_ERRNO", Architectures = ["SCMP_ARCH_X86"], Syscalls = rules });
    }

    private static SeccompSpec Allowing(SeccompSpec spec)
    {
        var named = new HashSet<string>();
        return spec with
        {
            DefaultAction = "SCMP_ACT_ERRNO",
            DefaultErrnoRet = 5,
            Architectures = [.. spec.Architectures!.Where(a => a != "SCMP_ARCH_ARM")],
            Syscalls =
            [
                .. spec.Syscalls!.Where(r => r.Args!.DistinctBy(a => a.Index).Count() == r.Args!.Length).Select(r => r with
                {
                    Names = [.. r.Names.Where(n => IsEverywhere(n) && named.Add(n))],
                    Action = "SCMP_ACT_ALLOW", ErrnoRet = null,
                }),
            ],
        };
    }

    private static bool IsEverywhere(string call) =>
        new[] { SyscallTable.X86_64, SyscallTable.I386, SyscallTable.X32 }.All(t => t.Numbers.ContainsKey(call))
        && !Multiplexers.TryFind(call, out _, out _);

    private static bool Compare(SeccompSpec profile)
    {
        var spec = Libseccomp.Known(profile);
        var (ours, theirs) = (SeccompCompiler.Compile(spec).Instructions, Libseccomp.Compile(spec));
        const uint enosys = 0x50026;
        foreach (var call in RandomProfiles.Calls(spec, [SeccompCall.X86_64, SeccompCall.I386, SeccompCall.AArch64]))
        {
            var (mine, other) = (BpfInterpreter.Run(ours, call), BpfInterpreter.Run(theirs, call));
            if (mine != other && mine != enosys)
                Assert.Fail($"{call.Architecture:x} {call.Number} ({string.Join(", ", call.Arguments)}): "
                    + $"{mine:x}, and {other:x} of libseccomp; {Rules(spec, call)}");
        }

        return true;
    }

    private static string Rules(SeccompSpec spec, SeccompCall call) => string.Join("; ", spec.Syscalls!
        .Where(r => r.Names.Any(n => SyscallTable.X86_64.TryFind(n, out var number) && number == call.Number))
        .Select(r => string.Join(" and ", r.Args!.Select(a => $"{a}"))));
}
