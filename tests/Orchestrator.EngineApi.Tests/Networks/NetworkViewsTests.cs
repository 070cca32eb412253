using Orchestrator.Api;
using Orchestrator.Engine;
using Orchestrator.EngineApi.Networks;

namespace Orchestrator.EngineApi.Tests.Networks;

public sealed class NetworkViewsTests
{
    [Theory]
    [InlineData("", "bridge", "local")]
    [InlineData("", "overlay", "swarm")]
    [InlineData("local", "bridge", "local")]
    [InlineData("swarm", "macvlan", "swarm")]
    public void A_network_is_of_the_node_or_of_the_swarm(string scope, string driver, string wanted) =>
        Assert.Equal(wanted, NetworkViews.ToConfig(Asking(scope, driver)).Scope);

    [Theory]
    [InlineData("foo", "bridge")]
    [InlineData("global", "overlay")]
    public void A_scope_that_there_is_not_is_refused_with_those_there_are(string scope, string driver)
    {
        var refusal = Assert.Throws<EngineException>(() => NetworkViews.ToConfig(Asking(scope, driver)));

        Assert.Equal(EngineError.InvalidArgument, refusal.Error);
        Assert.Equal($"invalid scope \"{scope}\"; give local, which is this node alone, or swarm", refusal.Message);
    }

    private static NetworkCreateRequest Asking(string scope, string driver) => new() { Name = "n", Scope = scope, Driver = driver };
}
