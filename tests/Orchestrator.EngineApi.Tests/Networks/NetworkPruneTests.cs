using Orchestrator.Api;
using Orchestrator.EngineApi.Networks;
using Orchestrator.Model;
using Orchestrator.Network;

namespace Orchestrator.EngineApi.Tests.Networks;

public sealed class NetworkPruneTests
{
    [Theory]
    [InlineData("bridge", false)]
    [InlineData("host", false)]
    [InlineData("none", false)]
    [InlineData("orch_gwbridge", false)]
    [InlineData("app", true)]
    public void What_the_node_made_itself_stays_and_is_called_builtin(string name, bool goes)
    {
        var network = new NetworkConfig { Name = name };

        Assert.Equal(goes, NetworkPrune.MayGo(network));
        Assert.Equal(goes, NetworkFilter.Matches(Filters.Parse("""{"dangling":["true"]}"""), network, used: false));
        Assert.Equal(goes, NetworkFilter.Matches(Filters.Parse("""{"type":["custom"]}"""), network, used: false));
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public void Of_the_clusters_all_but_the_ingress_network_may_go(bool ingress, bool goes) => Assert.Equal(
        goes, NetworkPrune.MayGo(new NetworkConfig { Name = "mesh", Driver = "overlay", Scope = "swarm", Ingress = ingress }));

    [Fact]
    public async Task One_that_is_refused_keeps_none_of_the_others()
    {
        var gone = await NetworkPrune.RemoveAsync(
            [new() { Name = "a" }, new() { Name = "b" }, new() { Name = "c", Scope = "swarm" }, new() { Name = "d" }],
            one => one.Name switch
            {
                "b" => Task.FromException(new NetworkException(NetworkFault.InUse, "joined meanwhile")),
                "c" => Task.FromException(new UserException(ErrorCode.InUse, "network c is in use by service web")),
                _ => Task.CompletedTask,
            });

        Assert.Equal(["a", "d"], gone);
    }
}
