using Orchestrator.Engine.Containers;
using Orchestrator.Oci.Shim;

namespace Orchestrator.Engine.Tests.Running;

public sealed class ContainerUpdaterTests
{
    [Fact]
    public async Task An_update_reaches_the_kernel_and_is_still_there_at_the_next_start()
    {
        await using var rig = new Rig();
        var entry = await rig.StartAsync("web");

        await rig.Updater.UpdateAsync(
            entry, new ResourceSpec { MemoryBytes = 64 << 20, PidsLimit = -1 }, new RestartPolicy(RestartCondition.Always),
            CancellationToken.None);

        var sent = Assert.Single(rig.RunOf(entry).Updates);
        Assert.Equal((64L << 20, -1L, -1L), (sent.Memory!.Limit!.Value, sent.Memory.Swap!.Value, sent.Pids!.Limit));
        Assert.Null(sent.Cpu);
        var saved = rig.Store.Load(entry.Id)!.Spec.Host;
        Assert.Equal((64 << 20, -1), (saved.Resources.MemoryBytes, saved.Resources.PidsLimit));
        Assert.Equal(RestartCondition.Always, saved.RestartPolicy.Condition);
        Assert.Equal(["update"], await rig.ActionsAsync(action => action == "update"));
    }

    [Fact]
    public async Task What_the_kernel_refuses_is_not_written_down()
    {
        await using var rig = new Rig();
        var entry = await rig.StartAsync("web");
        rig.RunOf(entry).UpdateRefusal = new ShimException("EBUSY", 1);

        var refusal = await Assert.ThrowsAsync<EngineException>(() => rig.Updater.UpdateAsync(
            entry, new ResourceSpec { MemoryBytes = 8 << 20 }, policy: null, CancellationToken.None));

        Assert.Equal($"Cannot update container {entry.Id}: EBUSY", refusal.Message);
        Assert.Equal(0, entry.Record.Spec.Host.Resources.MemoryBytes);
    }

    [Fact]
    public async Task What_is_removed_at_its_end_gets_no_restart_policy()
    {
        await using var rig = new Rig();
        var entry = await rig.StartAsync("web", autoRemove: true);

        var refusal = await Assert.ThrowsAsync<EngineException>(() => rig.Updater.UpdateAsync(
            entry, new ResourceSpec(), new RestartPolicy(RestartCondition.Always), CancellationToken.None));

        Assert.Equal("Restart policy cannot be updated because AutoRemove is enabled for the container", refusal.Message);
    }
}
