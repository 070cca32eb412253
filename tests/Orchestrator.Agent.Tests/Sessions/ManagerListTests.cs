using Orchestrator.Agent.Sessions;
using P = Orchestrator.Protocol.V1;

namespace Orchestrator.Agent.Tests.Sessions;

public sealed class ManagerListTests
{
    private readonly ManagerList managers = new(["m1:2377", "m2:2377", "m3:2377"]);

    [Fact]
    public void Without_a_word_of_who_leads_they_are_tried_one_after_another()
    {
        Assert.False(managers.KnowsLeader);
        Assert.Equal(["m1:2377", "m2:2377", "m3:2377", "m1:2377"], Next(4));
    }

    [Fact]
    public void A_leader_that_somebody_named_is_known_for_one_try()
    {
        managers.Hint("m3:2377");

        Assert.True(managers.KnowsLeader);
        Assert.Equal("m3:2377", managers.Next());
        Assert.False(managers.KnowsLeader);
        Assert.Equal("m1:2377", managers.Next());
    }

    [Fact]
    public void A_session_names_the_managers_there_are_and_the_one_that_leads()
    {
        managers.Replace([new P.ManagerPeer { Address = "m4:2377" }, new P.ManagerPeer { Address = "m5:2377", Leader = true }]);

        Assert.Equal(["m4:2377", "m5:2377"], managers.Addresses.ToArray());
        Assert.True(managers.KnowsLeader);
        Assert.Equal("m5:2377", managers.Next());
    }

    [Fact]
    public void One_that_names_no_manager_changes_nothing()
    {
        managers.Hint("m2:2377");

        managers.Replace([]);

        Assert.Equal(["m1:2377", "m2:2377", "m3:2377"], managers.Addresses.ToArray());
        Assert.True(managers.KnowsLeader);
    }

    [Fact]
    public void A_leader_that_did_not_answer_is_not_known_any_more_another_one_still_is()
    {
        managers.Hint("m2:2377");
        managers.Failed("m1:2377");
        Assert.True(managers.KnowsLeader);

        managers.Failed("m2:2377");
        Assert.False(managers.KnowsLeader);
    }

    [Theory]
    [InlineData("m2", "m3:2377 m1:2377 m2:2377")]
    [InlineData("m3", "m1:2377 m2:2377 m3:2377")]
    public void A_daemon_that_has_just_started_asks_its_own_manager_last(string host, string expected)
    {
        managers.Hint($"{host}:2377");

        managers.AskLast(host);

        Assert.False(managers.KnowsLeader);
        Assert.Equal(expected.Split(' '), Next(3));
    }

    [Fact]
    public void Who_has_no_manager_of_his_own_asks_them_in_their_order()
    {
        managers.AskLast("w1");

        Assert.Equal(["m1:2377", "m2:2377", "m3:2377"], Next(3));
    }

    [Fact]
    public void A_leader_elsewhere_is_asked_first_all_the_same()
    {
        managers.Hint("m3:2377");

        managers.AskLast("m1");

        Assert.Equal(["m3:2377", "m2:2377", "m3:2377", "m1:2377"], Next(4));
    }

    private string[] Next(int count) => [.. Enumerable.Range(0, count).Select(_ => managers.Next())];
}
