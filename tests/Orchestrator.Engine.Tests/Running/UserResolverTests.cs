using Orchestrator.Engine.Running;

namespace Orchestrator.Engine.Tests.Running;

public sealed class UserResolverTests
{
    private const string Passwd = "root:x:0:0:root:/root:/bin/sh\napp:x:1000:1001::/home/app:/bin/sh\n";
    private const string Group = "root:x:0:\napp:x:1001:\nvideo:x:44:app,other\n";

    [Fact]
    public void A_name_brings_its_group_its_memberships_and_its_home()
    {
        var user = UserResolver.Resolve(Passwd, Group, "app", []);

        Assert.Equal((1000u, 1001u, "/home/app"), (user.Uid, user.Gid, user.Home));
        Assert.Equal([44u], user.Groups);
    }

    [Fact]
    public void A_group_of_ones_own_leaves_the_memberships_out()
    {
        var user = UserResolver.Resolve(Passwd, Group, "app:video", []);

        Assert.Equal(44u, user.Gid);
        Assert.Empty(user.Groups);
    }

    [Fact]
    public void A_number_needs_no_entry() =>
        Assert.Equal((4242u, 0u), UserResolver.Resolve("", "", "4242", []) is var user ? (user.Uid, user.Gid) : default);

    [Fact]
    public void An_unknown_name_is_refused_by_name() => Assert.Contains(
        "unable to find user nobody", Assert.Throws<EngineException>(() => UserResolver.Resolve(Passwd, Group, "nobody", [])).Message);
}
