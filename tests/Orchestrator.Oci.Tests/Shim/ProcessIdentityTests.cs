using Orchestrator.Oci.Shim;

namespace Orchestrator.Oci.Tests.Shim;

public sealed class ProcessIdentityTests
{
    [Fact]
    public void A_name_with_brackets_and_spaces_does_not_shift_the_fields() =>
        Assert.Equal(4242ul, ProcessIdentity.ParseStartTicks(
            "7 (a) b (c)) S 1 7 7 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 4242 100 200"));

    [Fact]
    public void A_zombie_does_not_live() =>
        Assert.Null(ProcessIdentity.ParseStartTicks("7 (x) Z 1 7 7 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 4242 100 200"));

    [Fact]
    public void This_process_lives_only_with_its_own_start_and_boot()
    {
        var ticks = ProcessIdentity.StartTicks(Environment.ProcessId)!.Value;

        Assert.True(ProcessIdentity.Lives(ProcessIdentity.BootId(), Environment.ProcessId, ticks));
        Assert.False(ProcessIdentity.Lives(ProcessIdentity.BootId(), Environment.ProcessId, ticks + 1));
        Assert.False(ProcessIdentity.Lives("another boot", Environment.ProcessId, ticks));
    }
}
