using Orchestrator.Model;
using Orchestrator.Store.Tables;

namespace Orchestrator.Store.Tests.Tables;

public sealed class TableTests
{
    [Fact]
    public async Task Every_kind_of_object_can_be_stored_and_found_again()
    {
        var fixture = new StoreFixture();
        var task = new OrchTask
        {
            Id = new TaskId("t"),
            ServiceId = new ServiceId("s"),
            Slot = 2,
            Spec = new TaskSpec { Container = new ContainerSpec { Image = "web" } },
            Networks = [new TaskNetwork(new NetworkId("net"), ["10.0.1.2/24"], [])],
        };

        await fixture.Store.UpdateAsync(
            tx =>
            {
                tx.Clusters.Create(new Cluster { Id = new ClusterId("c") });
                tx.Nodes.Create(new Node
                {
                    Id = new NodeId("n"), Description = new NodeDescription { Hostname = "M1" },
                });
                tx.Networks.Create(new Network
                {
                    Id = new NetworkId("net"), Spec = new NetworkSpec { Annotations = Annotations.Named("Back") },
                });
                tx.Tasks.Create(task);
            },
            CancellationToken.None);

        var root = fixture.Store.View();
        Assert.NotNull(root.Clusters.Get("c"));
        Assert.Single(root.Nodes.Find(Indexes.NodeHostname, "m1"));
        Assert.Single(root.Networks.Find(Indexes.NetworkName, "back"));
        Assert.Single(root.Tasks.Find(Indexes.TaskSlot, "s/2"));
        Assert.Single(root.Tasks.Find(Indexes.TaskNetwork, "net"));
        Assert.Single(root.Tasks.Find(Indexes.TaskDesiredState, Indexes.StateKey(TaskState.Running)));
    }

    [Fact]
    public async Task An_object_is_no_longer_found_under_a_key_it_lost()
    {
        var fixture = new StoreFixture();
        await fixture.Put(StoreFixture.Service("s1", "old"));

        await fixture.Store.UpdateAsync(
            tx => tx.Services.Update(tx.Services.Get("s1")! with { Spec = StoreFixture.Service("s1", "new").Spec }),
            CancellationToken.None);

        Assert.Empty(fixture.Store.View().Services.Find(Indexes.ServiceName, "old"));
        Assert.Single(fixture.Store.View().Services.Find(Indexes.ServiceName, "new"));
    }
}
