using P = Orchestrator.Protocol.V1;

namespace Orchestrator.Agent.Tests;

public sealed class AssignmentsTests
{
    [Fact]
    public void Keys_of_networks_are_not_among_what_is_kept_on_disk()
    {
        var assignments = new Assignments();
        var network = new P.Network { Id = "net", Keys = { new P.NetworkKey { Number = 1, Secret = "hush", Primary = true } } };
        assignments.TryApply(new P.AssignmentsMessage { Changes = { new P.AssignmentChange { Network = network } } });

        var later = new Assignments();
        later.Load(assignments.Save());

        Assert.Equal("hush", Assert.Single(Assert.Single(assignments.Networks).Keys).Secret);
        Assert.Empty(Assert.Single(later.Networks).Keys);
    }

    [Fact]
    public void Secrets_are_not_among_what_is_kept_on_disk()
    {
        var assignments = new Assignments();
        var payload = new P.AssignedPayload { Id = "s1", Data = Google.Protobuf.ByteString.CopyFromUtf8("hush") };
        assignments.TryApply(new P.AssignmentsMessage { Changes = { new P.AssignmentChange { Payload = payload } } });

        var later = new Assignments();
        later.Load(assignments.Save());

        Assert.Single(assignments.Payloads);
        Assert.Empty(later.Payloads);
        Assert.Equal(-1, assignments.Save().AsSpan().IndexOf("hush"u8));
    }

    [Fact]
    public void An_increment_that_does_not_follow_is_refused_and_changes_nothing()
    {
        var assignments = new Assignments();
        Assert.True(assignments.TryApply(Complete("1", Task("a"))));

        var accepted = assignments.TryApply(Increment("2", "3", Task("b")));

        Assert.False(accepted);
        Assert.Equal(["a"], assignments.Tasks.Select(t => t.Id));
    }

    [Fact]
    public void A_complete_set_forgets_what_it_does_not_name()
    {
        var assignments = new Assignments();
        assignments.TryApply(Complete("1", Task("a"), Task("b")));

        assignments.TryApply(Complete("7", Task("b")));

        Assert.Equal(["b"], assignments.Tasks.Select(t => t.Id));
    }

    [Fact]
    public void What_was_saved_is_loaded_and_takes_no_increment_of_another_life()
    {
        var before = new Assignments();
        before.TryApply(Complete("1", Task("a")));
        before.TryApply(Increment("1", "2", new P.AssignmentChange
        {
            Endpoint = new() { NetworkId = "n", Id = "t", Address = "10.0.1.2/24" },
        }));
        var after = new Assignments();

        after.Load(before.Save());

        Assert.Equal(["a"], after.Tasks.Select(t => t.Id));
        Assert.Equal("10.0.1.2/24", Assert.Single(after.Endpoints).Address);
        Assert.False(after.TryApply(Increment("2", "3", Task("b"))));
    }

    private static P.AssignmentChange Task(string id) => new() { Task = new() { Id = id } };

    private static P.AssignmentsMessage Complete(string version, params P.AssignmentChange[] changes) =>
        new() { Kind = P.AssignmentsMessage.Types.Kind.Complete, ResultsIn = version, Changes = { changes } };

    private static P.AssignmentsMessage Increment(string from, string to, params P.AssignmentChange[] changes) => new()
    {
        Kind = P.AssignmentsMessage.Types.Kind.Incremental, AppliesTo = from, ResultsIn = to, Changes = { changes },
    };
}
