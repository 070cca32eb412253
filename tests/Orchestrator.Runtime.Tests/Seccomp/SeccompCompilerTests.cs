using FsCheck;
using FsCheck.Fluent;
using Orchestrator.Linux.Processes;
using Orchestrator.Oci.Bundle;
using Orchestrator.Oci.Seccomp;
using Orchestrator.Runtime.Seccomp;

namespace Orchestrator.Runtime.Tests.Seccomp;

/// <summary>The compiled program, run by an interpreter, against the profile itself.</summary>
public sealed class SeccompCompilerTests
{
    private static readonly uint[] Architectures = [SeccompCall.X86_64, SeccompCall.I386, SeccompCall.AArch64];

    [Fact]
    public void Whatever_the_profile_the_program_answers_every_call_as_the_profile_does() =>
        Prop.ForAll(RandomProfiles.Any.ToArbitrary(), spec => Compare(spec))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(40));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_default_profile_is_compiled_to_what_it_says(bool privileged)
    {
        var capabilities = privileged ? [.. Capabilities.All] : ContainerDefaults.Capabilities;
        var spec = ProfileResolver.Resolve(SeccompProfile.Default, capabilities, new Version(6, 18))!;

        Compare(spec);
        Assert.True(SeccompCompiler.Compile(spec).Instructions.Length < 800);
    }

    [Fact]
    public void A_call_that_most_make_is_answered_within_thirty_instructions()
    {
        var spec = ProfileResolver.Resolve(SeccompProfile.Default, ContainerDefaults.Capabilities, new Version(6, 18))!;
        var program = SeccompCompiler.Compile(spec).Instructions;

        Assert.All(SyscallTable.X86_64.Numbers.Values, number => Assert.InRange(
            BpfInterpreter.Count(program, new SeccompCall(SeccompCall.X86_64, number)), 3, 30));
    }

    [Theory]
    [InlineData(2UL, true)]
    [InlineData(38UL, false)]
    [InlineData(40UL, false)]
    [InlineData(44UL, true)]
    [InlineData((1UL << 32) + 38, false)]
    [InlineData((1UL << 32) + 40, false)]
    [InlineData(ulong.MaxValue << 32 | 40, false)]
    public void No_socket_of_a_forbidden_family_is_had_by_bits_that_the_kernel_cuts_off(ulong family, bool allowed)
    {
        var spec = ProfileResolver.Resolve(SeccompProfile.Default, ContainerDefaults.Capabilities, new Version(6, 18))!;
        var program = SeccompCompiler.Compile(spec).Instructions;

        foreach (var call in (SeccompCall[])[new(SeccompCall.X86_64, 41, family), new(SeccompCall.X86_64, SeccompCall.X32Bit | 41, family)])
            Assert.Equal(allowed, BpfInterpreter.Run(program, call) == SeccompWords.Allow);
    }

    [Fact]
    public void Jumps_longer_than_a_byte_lead_where_they_should()
    {
        var rules = Enumerable.Range(0, 300).Select(i => new SyscallRule
        {
            Names = ["ioctl"], Action = "SCMP_ACT_ERRNO", ErrnoRet = (uint)i + 2,
            Args = [new(1, ((ulong)i << 32) | 7, "SCMP_CMP_EQ")],
        });
        var spec = new SeccompSpec { DefaultAction = "SCMP_ACT_ALLOW", Syscalls = [.. rules, RandomProfiles.Errno("zzz"), RandomProfiles.Errno("mkdir")] };

        Compare(spec);
    }

    [Fact]
    public void A_profile_of_more_than_a_filter_can_hold_is_refused_by_name()
    {
        var rules = Enumerable.Range(0, 100_000).Select(i => new SyscallRule
        {
            Names = ["ioctl"], Action = "SCMP_ACT_ERRNO", Args = [new(1, (ulong)i << 20, "SCMP_CMP_EQ")],
        });
        var spec = new SeccompSpec { DefaultAction = "SCMP_ACT_ALLOW", Syscalls = [.. rules] };

        var error = Assert.Throws<RuntimeException>(() => SeccompCompiler.Compile(spec));

        Assert.Contains("linux.seccomp.syscalls: compiles to more than the 4096", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("linux.seccomp.defaultAction", "\"defaultAction\":\"SCMP_ACT_NOPE\"")]
    [InlineData("linux.seccomp.defaultAction", "\"defaultAction\":\"SCMP_ACT_NOTIFY\",\"listenerPath\":\"/x\"")]
    [InlineData("linux.seccomp.defaultErrnoRet", "\"defaultAction\":\"SCMP_ACT_ALLOW\",\"defaultErrnoRet\":1")]
    [InlineData("linux.seccomp.architectures[1]", "\"defaultAction\":\"SCMP_ACT_ALLOW\",\"architectures\":[\"SCMP_ARCH_X86\",\"VAX\"]")]
    [InlineData("linux.seccomp.flags[0]", "\"defaultAction\":\"SCMP_ACT_ALLOW\",\"flags\":[\"LOUD\"]")]
    [InlineData("linux.seccomp.flags[0]", "\"defaultAction\":\"SCMP_ACT_ALLOW\",\"flags\":[\"SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV\"]")]
    [InlineData("linux.seccomp.listenerMetadata", "\"defaultAction\":\"SCMP_ACT_ALLOW\",\"listenerMetadata\":\"x\"")]
    [InlineData("linux.seccomp.syscalls[0]", "\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[null]")]
    [InlineData("linux.seccomp.syscalls[0].names", "\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[],\"action\":\"SCMP_ACT_KILL\"}]")]
    [InlineData("linux.seccomp.syscalls[0].action", "\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[\"read\"],\"action\":\"KILL\"}]")]
    [InlineData("linux.seccomp.syscalls[0].errnoRet", "\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[\"read\"],\"action\":\"SCMP_ACT_KILL\",\"errnoRet\":1}]")]
    [InlineData("linux.seccomp.syscalls[0].errnoRet", "\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[\"read\"],\"action\":\"SCMP_ACT_ERRNO\",\"errnoRet\":70000}]")]
    [InlineData("linux.seccomp.syscalls[0].args[0].index", "\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[\"read\"],\"action\":\"SCMP_ACT_KILL\",\"args\":[{\"index\":6,\"value\":1,\"op\":\"SCMP_CMP_EQ\"}]}]")]
    [InlineData("linux.seccomp.syscalls[0].args[0].op", "\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[\"read\"],\"action\":\"SCMP_ACT_KILL\",\"args\":[{\"index\":5,\"value\":1,\"op\":\"EQ\"}]}]")]
    [InlineData("linux.seccomp.listenerPath", "\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[\"mkdir\"],\"action\":\"SCMP_ACT_NOTIFY\"}]")]
    [InlineData("linux.seccomp.syscalls[0].names", "\"defaultAction\":\"SCMP_ACT_ALLOW\",\"listenerPath\":\"/x\",\"syscalls\":[{\"names\":[\"write\"],\"action\":\"SCMP_ACT_NOTIFY\"}]")]
    public void What_is_wrong_is_told_with_the_name_of_its_field(string field, string json)
    {
        var spec = System.Text.Json.JsonSerializer.Deserialize(
            $"{{\"linux\":{{\"seccomp\":{{{json}}}}}}}", BundleJson.Default.RuntimeSpec)!.Linux!.Seccomp!;

        var error = Assert.Throws<RuntimeException>(() => SeccompCompiler.Compile(spec));

        Assert.StartsWith($"{field}: ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, 4)]
    [InlineData("", 0)]
    [InlineData("TSYNC,LOG,SPEC_ALLOW", 7)]
    public void Flags_are_those_asked_for_and_one_is_there_when_nothing_is_said(string? words, int flags)
    {
        var spec = new SeccompSpec
        {
            DefaultAction = "SCMP_ACT_ALLOW",
            Flags = words?.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(w => $"SECCOMP_FILTER_FLAG_{w}").ToArray(),
        };

        Assert.Equal((uint)flags, SeccompCompiler.Compile(spec).Flags);
    }

    [Fact]
    public void A_listener_takes_part_in_the_flags()
    {
        var spec = new SeccompSpec
        {
            DefaultAction = "SCMP_ACT_ALLOW", ListenerPath = "/x",
            Flags = ["SECCOMP_FILTER_FLAG_TSYNC", "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"],
            Syscalls = [new() { Names = ["mkdir"], Action = "SCMP_ACT_NOTIFY" }],
        };

        Assert.Equal(1u | 8 | 16 | 32, SeccompCompiler.Compile(spec).Flags);
    }

    private static bool Compare(SeccompSpec spec)
    {
        var program = SeccompCompiler.Compile(spec).Instructions;
        var oracle = new ProfileOracle(spec);
        foreach (var call in RandomProfiles.Calls(spec, Architectures))
        {
            var (expected, actual) = (oracle.Answer(call), BpfInterpreter.Run(program, call));
            if (expected != actual)
                Assert.Fail($"{call.Architecture:x} {call.Number} ({string.Join(", ", call.Arguments)}): "
                    + $"{actual:x} instead of {expected:x}");
        }

        return true;
    }
}
