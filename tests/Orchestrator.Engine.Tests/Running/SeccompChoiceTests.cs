using Orchestrator.Engine.Running;
using Orchestrator.Oci.Bundle;

namespace Orchestrator.Engine.Tests.Running;

public sealed class SeccompChoiceTests
{
    private const string Own = """{"defaultAction":"SCMP_ACT_LOG"}""";

    [Fact]
    public void Who_asks_for_nothing_gets_the_default() => Assert.Equal("SCMP_ACT_ERRNO", Of("")!.DefaultAction);

    [Fact]
    public void The_default_allows_what_an_added_capability_is_for()
    {
        var more = SeccompChoice.Of("", "", privileged: false, [.. ContainerDefaults.Capabilities, "CAP_SYS_ADMIN"])!;

        Assert.Contains(more.Syscalls!, r => r.Action == "SCMP_ACT_ALLOW" && r.Names.Contains("mount"));
        Assert.DoesNotContain(Of("")!.Syscalls!, r => r.Action == "SCMP_ACT_ALLOW" && r.Names.Contains("mount"));
    }

    [Fact]
    public void Privileged_is_unfiltered_unless_a_profile_is_asked_for()
    {
        Assert.Null(Of("", privileged: true));
        Assert.Equal("SCMP_ACT_LOG", Of(Own, privileged: true)!.DefaultAction);
        Assert.Equal("SCMP_ACT_ERRNO", Of("builtin", privileged: true)!.DefaultAction);
    }

    [Theory]
    [InlineData("", false, "SCMP_ACT_ERRNO")]
    [InlineData("unconfined", false, null)]
    [InlineData(Own, false, "SCMP_ACT_LOG")]
    [InlineData(Own, true, null)]
    public void The_daemons_profile_is_for_who_asks_for_none_and_is_not_privileged(
        string otherwise, bool privileged, string? action)
    {
        Assert.Equal(
            action, SeccompChoice.Of("", otherwise, privileged, ContainerDefaults.Capabilities)?.DefaultAction);
        Assert.Equal(
            "SCMP_ACT_ERRNO",
            SeccompChoice.Of("builtin", otherwise, privileged, ContainerDefaults.Capabilities)!.DefaultAction);
    }

    [Fact]
    public void Unconfined_is_unfiltered() => Assert.Null(Of("unconfined"));

    [Theory]
    [InlineData("/etc/profile.json")]
    [InlineData("{\"syscalls\":[{\"name\":\"a\",\"names\":[\"b\"]}]}")]
    public void A_profile_that_cannot_be_read_is_refused_before_anything_is_made(string asked) =>
        Assert.Contains("seccomp", Assert.Throws<EngineException>(() => SeccompChoice.Check(asked)).Message, StringComparison.Ordinal);

    private static SeccompSpec? Of(string asked, bool privileged = false) =>
        SeccompChoice.Of(asked, "", privileged, ContainerDefaults.Capabilities);
}
