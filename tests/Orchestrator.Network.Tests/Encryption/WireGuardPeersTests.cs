using Orchestrator.Network.Encryption;

namespace Orchestrator.Network.Tests.Encryption;

public sealed class WireGuardPeersTests
{
    [Fact]
    public void Of_two_nodes_at_one_address_the_one_that_is_there_is_the_peer()
    {
        var lost = Node("10.77.0.2", "former key", isReady: false);
        var there = Node("10.77.0.2", "its key", isReady: true);
        var down = Node("10.77.0.3", "another's key", isReady: false);

        foreach (var order in new[] { new[] { lost, there, down }, [down, there, lost] })
            Assert.Equal(["its key 10.77.0.2:51820", "another's key 10.77.0.3:51820"],
                WireGuardPeers.Of(order, 51820).Select(p => $"{p.PublicKey} {p.Endpoint}"));
    }

    private static OverlayEndpoint Node(string vtep, string key, bool isReady) => new()
    {
        TaskId = "", Name = "", Ip = "10.0.0.2", NodeVtep = vtep, WireGuardKey = key, Ready = isReady,
    };
}
