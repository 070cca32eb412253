using Orchestrator.Manager.Dispatching;
using Orchestrator.Model;

namespace Orchestrator.Manager.Tests.Dispatching;

public sealed class SessionMessagesTests
{
    [Fact]
    public void A_node_is_told_the_port_that_the_cluster_has_for_packets_of_overlays()
    {
        var world = new World();
        world.Do(tx => tx.Clusters.Create(
            new Cluster { Id = new ClusterId("c"), Spec = new ClusterSpec { DataPathPort = 7789 } }));
        world.Add(World.Node("n1"));

        Assert.Equal(7789, SessionMessages.Build(world.Root, new NodeId("n1"), "s", leader: null)?.DataPathPort);
    }
}
