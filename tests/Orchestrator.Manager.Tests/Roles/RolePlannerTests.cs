using Orchestrator.Manager.Roles;
using Orchestrator.Model;
using Orchestrator.Store;
using Orchestrator.Store.Host;

namespace Orchestrator.Manager.Tests.Roles;

public sealed class RolePlannerTests
{
    private readonly World world = new();

    [Fact]
    public void A_demoted_member_leaves_the_log_before_it_loses_its_role()
    {
        world.Add(Manager("n1"), Manager("n2", desired: NodeRole.Worker));

        var plan = RolePlanner.Plan(world.Root, [Member(1, "n1"), Member(2, "n2")], self: 1);
        Assert.Equal([2UL], plan.Removed.ToArray());
        Assert.DoesNotContain(plan.Changed, n => n.Role == NodeRole.Worker);

        plan = RolePlanner.Plan(world.Root, [Member(1, "n1")], self: 1);
        Assert.Equal("n2", Assert.Single(plan.Changed, n => n.Role == NodeRole.Worker).Id.Value);
    }

    [Fact]
    public void A_leader_that_is_demoted_hands_over_and_does_not_remove_itself()
    {
        world.Add(Manager("n1", desired: NodeRole.Worker), Manager("n2"));

        var plan = RolePlanner.Plan(world.Root, [Member(1, "n1"), Member(2, "n2")], self: 1);

        Assert.True(plan.HandOver);
        Assert.Empty(plan.Removed);
    }

    [Fact]
    public void A_member_whose_node_was_removed_leaves_the_log()
    {
        world.Add(Manager("n1"));

        Assert.Equal([9UL], RolePlanner.Plan(world.Root, [Member(1, "n1"), Member(9, "gone")], self: 1).Removed.ToArray());
    }

    [Fact]
    public void Before_the_cluster_is_founded_nobody_is_removed()
    {
        var plan = RolePlanner.Plan(world.Root, [Member(1, "n1")], self: 1);

        Assert.False(plan.HandOver);
        Assert.Empty(plan.Removed);
    }

    private static Node Manager(string id, NodeRole desired = NodeRole.Manager) => World.Node(id) with
    {
        Role = NodeRole.Manager, Spec = new NodeSpec { DesiredRole = desired },
    };

    private static LogMemberState Member(ulong id, string node) =>
        new(new LogMember(id, node, $"{node}:2377", IsVoter: true), IsLeader: id == 1, IsReachable: true);
}
