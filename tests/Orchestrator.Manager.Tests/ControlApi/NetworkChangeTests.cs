using Orchestrator.Manager.ControlApi;
using Orchestrator.Model;
using P = Orchestrator.Protocol.V1;

namespace Orchestrator.Manager.Tests.ControlApi;

public sealed class NetworkChangeTests
{
    [Theory]
    [InlineData(null, "web:db:80", "", "web:db:80/tcp")]
    [InlineData("web:db", "*:web:80/tcp web:db", "", "web:db,*:web:80/tcp")]
    [InlineData("web:db,*:web", "", "web->db", "*:web")]
    [InlineData("web:db", "", "web:db", "none")]
    [InlineData("web:db", "", "all", null)]
    [InlineData("web:db", "none", "all", "none")]
    public void A_policy_grows_and_shrinks_by_rules(string? before, string added, string removed, string? after)
    {
        var spec = Change(before, new P.UpdateNetworkRequest
        {
            PolicyAdd = { added.Split(' ', StringSplitOptions.RemoveEmptyEntries) },
            PolicyRemove = { removed.Split(' ', StringSplitOptions.RemoveEmptyEntries) },
        });

        Assert.Equal(after, spec.DriverOptions.GetValueOrDefault("policy"));
    }

    [Fact]
    public void A_rule_that_is_not_there_and_an_option_that_cannot_change_are_refused()
    {
        Assert.Throws<UserException>(() => Change("web:db", new P.UpdateNetworkRequest { PolicyRemove = { "db:web" } }));
        Assert.Throws<UserException>(() => Change(null, new P.UpdateNetworkRequest { SetOptions = { { "encrypted", "" } } }));
    }

    private static NetworkSpec Change(string? policy, P.UpdateNetworkRequest request)
    {
        var spec = new NetworkSpec { Annotations = Annotations.Named("back") };
        return NetworkChange.Apply(
            policy is null ? spec : spec with { DriverOptions = spec.DriverOptions.Add("policy", policy) }, request);
    }
}
