using Orchestrator.Manager.Dispatching;
using Orchestrator.Model;
using P = Orchestrator.Protocol.V1;

namespace Orchestrator.Manager.Tests.Dispatching;

public sealed class AssignmentSetTests
{
    private readonly World world = new();

    public AssignmentSetTests()
    {
        world.Add(World.Node("n1"), World.Node("n2"));
        world.Add(Network("net", "10.0.1.0/24"), Network("other", "10.0.2.0/24"));
        world.Add(OnNetwork("a", "n1", "net", "10.0.1.2/24"), OnNetwork("b", "n2", "net", "10.0.1.3/24"));
        world.Add(OnNetwork("c", "n2", "other", "10.0.2.2/24"));
    }

    [Fact]
    public void A_node_learns_its_tasks_and_who_is_on_their_networks_and_nothing_else()
    {
        var changes = Of("n1").Since(AssignmentSet.Empty).ToList();

        Assert.Equal("a", Assert.Single(changes, c => c.Task is not null).Task.Id);
        Assert.Equal("net", Assert.Single(changes, c => c.Network is not null).Network.Id);
        Assert.Equal(["a", "b"], changes.Where(c => c.Endpoint is not null).Select(c => c.Endpoint.Id).Order().ToArray());
    }

    [Fact]
    public void Increments_lead_from_what_was_told_to_what_is()
    {
        var told = Of("n1");

        world.Do(tx => tx.Tasks.Update(tx.Tasks.Get("b")! with
        {
            Status = new Model.TaskStatus { State = TaskState.Running },
        }));
        var increment = Assert.Single(Of("n1").Since(told));

        Assert.True(increment.Endpoint.Ready);
        Assert.Equal("b", increment.Endpoint.Id);
    }

    [Fact]
    public void A_nodes_own_report_is_not_sent_back_to_it_as_a_task()
    {
        var told = Of("n1");

        world.Do(tx => tx.Tasks.Update(tx.Tasks.Get("a")! with
        {
            Status = new Model.TaskStatus { State = TaskState.Starting },
        }));

        Assert.DoesNotContain(Of("n1").Since(told), c => c.Task is not null);
    }

    [Fact]
    public void What_is_wanted_of_a_task_is_sent_when_it_changes()
    {
        var told = Of("n1");

        world.Do(tx => tx.Tasks.Update(tx.Tasks.Get("a")! with { DesiredState = TaskState.Shutdown }));

        Assert.Equal(P.TaskState.Shutdown, Assert.Single(Of("n1").Since(told), c => c.Task is not null).Task.DesiredState);
    }

    [Fact]
    public void The_endpoints_of_a_lost_node_are_taken_back()
    {
        var told = Of("n1");

        world.Change(world.NodeNow("n2") with
        {
            Status = new NodeStatus { State = NodeState.Down, Address = "192.0.2.1" },
        });
        var removal = Assert.Single(Of("n1").Since(told));

        Assert.Equal(P.AssignmentChange.Types.Action.Remove, removal.Action);
        Assert.Equal("b", removal.Endpoint.Id);
    }

    [Fact]
    public void With_its_last_task_a_node_forgets_the_network()
    {
        var told = Of("n1");

        world.Do(tx => tx.Tasks.Delete("a"));

        var changes = Of("n1").Since(told).ToList();
        Assert.All(changes, c => Assert.Equal(P.AssignmentChange.Types.Action.Remove, c.Action));
        Assert.Equal(4, changes.Count);
    }

    [Fact]
    public void Only_nodes_with_a_task_on_a_network_under_IPsec_are_told_its_keys_and_of_each_change_of_them()
    {
        world.Do(tx => tx.Clusters.Create(new Cluster { Id = new ClusterId("one"), NetworkKeys = [Key(1)] }));
        world.Do(tx => tx.Networks.Update(tx.Networks.Get("other")! with
        {
            Allocation = new NetworkAllocation(4097, [new IpamPool("10.0.2.0/24")], NetworkEncryption.Esp),
        }));
        var told = Of("n2");

        world.Do(tx => tx.Clusters.Update(tx.Clusters.Get("one")! with { NetworkKeys = [Key(1), Key(2)] }));

        var networks = Of("n2").Since(AssignmentSet.Empty).Select(c => c.Network).Where(n => n is not null).ToList();
        Assert.Equal([0, 2], networks.OrderBy(n => n.Id, StringComparer.Ordinal).Select(n => n.Keys.Count));
        Assert.Equal("other", Assert.Single(Of("n2").Since(told)).Network.Id);
        Assert.All(Of("n1").Since(AssignmentSet.Empty), c => Assert.Equal(0, c.Network?.Keys.Count ?? 0));

        static NetworkKey Key(int number) => new(number, $"secret{number}", DateTimeOffset.UnixEpoch, number == 1);
    }

    [Fact]
    public void Another_epoch_of_a_node_is_told_to_those_it_shares_a_network_under_IPsec_with()
    {
        world.Do(tx => tx.Networks.Update(tx.Networks.Get("other")! with
        {
            Allocation = new NetworkAllocation(4097, [new IpamPool("10.0.2.0/24")], NetworkEncryption.Esp),
        }));
        var (first, second) = (Of("n1"), Of("n2"));

        world.Change(world.NodeNow("n2") with { Description = new NodeDescription { EspEpoch = 7 } });

        Assert.Empty(Of("n1").Since(first));
        Assert.Equal(7u, Assert.Single(Of("n2").Since(second)).Endpoint.EspEpoch);
    }

    [Fact]
    public void A_secret_is_told_to_nodes_with_a_live_task_that_refers_to_it_and_taken_back_with_the_last()
    {
        world.Do(tx => tx.Secrets.Create(Secret("s1")));
        world.Do(tx => tx.Secrets.Create(Secret("s2")));
        var a = world.Root.Tasks.Get("a")!;
        world.Do(tx => tx.Tasks.Update(a with
        {
            Spec = a.Spec with
            {
                Container = a.Spec.Container with
                {
                    Payloads = [new(PayloadKind.Secret, new("s1"), "s1", "x"), new(PayloadKind.Config, new("gone"), "c", "y")],
                },
            },
        }));
        var told = Of("n1");

        world.Do(tx => tx.Tasks.Update(tx.Tasks.Get("a")! with { Status = new() { State = TaskState.Failed } }));

        var payloads = told.Since(AssignmentSet.Empty).Where(c => c.Payload is not null).Select(c => c.Payload).ToList();
        Assert.Equal(["gone True ", "s1 False hush"], payloads.Select(p => $"{p.Id} {p.Missing} {p.Data.ToStringUtf8()}").Order());
        Assert.DoesNotContain(Of("n2").Since(AssignmentSet.Empty), c => c.Payload is not null);
        Assert.Equal(
            ["gone", "s1"], Of("n1").Since(told).Where(c => c.Action == P.AssignmentChange.Types.Action.Remove)
                .Select(c => c.Payload?.Id).OfType<string>().Order());
    }

    [Fact]
    public void The_certificate_of_a_route_is_told_to_every_node_that_has_the_ingress_network()
    {
        world.Do(tx => tx.Secrets.Create(Secret("s1")));
        world.Do(tx => tx.Networks.Create(Network("mesh", "10.0.3.0/24") with
        {
            Spec = new NetworkSpec { Annotations = Annotations.Named("mesh"), Ingress = true },
        }));
        var web = World.Service("web", 1);
        world.Do(tx => tx.Services.Create(web with
        {
            Spec = web.Spec with
            {
                Endpoint = new EndpointSpec { Routes = [new HttpRoute("a.example", "/", 80) { SecretId = new("s1"), SecretName = "s1" }] },
            },
        }));

        foreach (var node in (string[])["n1", "n2"])
            Assert.Equal("s1", Assert.Single(Of(node).Since(AssignmentSet.Empty), c => c.Payload is not null).Payload.Id);
    }

    [Fact]
    public void What_is_too_large_of_secrets_comes_in_further_messages_and_all_else_in_the_first()
    {
        var big = Enumerable.Range(0, 9).Select(i => new P.AssignmentChange
        {
            Payload = new P.AssignedPayload { Id = $"{i}", Data = Google.Protobuf.ByteString.CopyFrom(new byte[500_000]) },
        });
        var parts = AssignmentParts.Of([.. big, new P.AssignmentChange { Task = new P.Task { Id = "t" } }]).ToList();

        Assert.Equal([4, 4, 1], parts.Select(part => part.Count(c => c.Payload is not null)));
        Assert.Equal("t", Assert.Single(parts[0], c => c.Task is not null).Task.Id);
        Assert.Empty(Assert.Single(AssignmentParts.Of([])));
    }

    private static Payload Secret(string name) => new()
    {
        Id = new(name), Kind = PayloadKind.Secret, Annotations = Annotations.Named(name), Data = "hush"u8.ToArray(),
    };

    [Fact]
    public void Views_that_nothing_has_touched_stay_the_same_objects()
    {
        var before = ClusterNetworks.Empty.Advance(world.Root);
        world.Do(tx => tx.Tasks.Update(tx.Tasks.Get("c")! with
        {
            Status = new Model.TaskStatus { State = TaskState.Running },
        }));

        var after = before.Advance(world.Root);

        Assert.Same(before.Views["net"], after.Views["net"]);
        Assert.NotSame(before.Views["other"], after.Views["other"]);
    }

    private static Network Network(string name, string subnet) => new()
    {
        Id = new NetworkId(name),
        Spec = new NetworkSpec { Annotations = Annotations.Named(name) },
        Allocation = new NetworkAllocation(4096, [new IpamPool(subnet)]),
    };

    private static OrchTask OnNetwork(string id, string node, string network, string address) =>
        World.Task(id, "web", 1, TaskState.Assigned, node) with
        {
            Networks = [new TaskNetwork(new NetworkId(network), [address], [])],
        };

    private AssignmentSet Of(string node) =>
        AssignmentSet.Of(new NodeId(node), ClusterNetworks.Empty.Advance(world.Root));
}
