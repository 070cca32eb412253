using Orchestrator.Integration.Support;
using Orchestrator.Testing;

namespace Orchestrator.Integration.Cluster;

[Collection(TestbedCollection.Name)]
public sealed class NodeRouteTests(Testbed testbed)
{
    [RootFact]
    public async Task What_a_node_got_a_route_to_since_it_joined_no_new_network_hides_until_that_is_gone()
    {
        var first = await SubnetAsync();
        await testbed.ExecAsync("w2", "ip", "route", "add", first, "dev", "eth0");
        try
        {
            await Eventually.HoldsAsync("another subnet", TimeSpan.FromSeconds(20), SubnetAsync, subnet => subnet != first);
        }
        finally
        {
            await testbed.ExecAsync("w2", "ip", "route", "del", first, "dev", "eth0");
        }

        await Eventually.HoldsAsync("the first again", TimeSpan.FromSeconds(20), SubnetAsync, subnet => subnet == first);
    }

    /// <summary>That a network gets which names none.</summary>
    private async Task<string> SubnetAsync()
    {
        await testbed.OrchAsync("m1", "network", "create", "-d", "overlay", "it-route");
        var subnet = await testbed.OrchAsync("m1", "network", "inspect", "-f", "{{(index .IPAM.Config 0).Subnet}}", "it-route");
        await testbed.OrchAsync("m1", "network", "rm", "it-route");
        return subnet.Trim();
    }
}
