using Orchestrator.Engine.Containers;
using Orchestrator.Model;
using P = Orchestrator.Protocol.V1;

namespace Orchestrator.Agent.Tests;

public sealed class PayloadVaultTests
{
    private readonly PayloadVault vault = new();

    [Fact]
    public async Task A_task_waits_until_all_it_refers_to_is_here()
    {
        var waiting = vault.WaitForAsync([Reference("s1"), Reference("s2")], CancellationToken.None);
        vault.Replace([Payload("s1")]);
        Assert.False(waiting.IsCompleted);

        vault.Replace([Payload("s1"), Payload("s2")]);

        await waiting.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal("hush s1"u8.ToArray(), ((IFileContents)vault).TryRead("s1")!.Value.ToArray());
    }

    [Fact]
    public async Task What_the_cluster_has_no_more_is_named()
    {
        vault.Replace([new P.AssignedPayload { Id = "s1", Missing = true }]);

        var refused = await Assert.ThrowsAsync<UserException>(() => vault.WaitForAsync([Reference("s1")], CancellationToken.None));

        Assert.Equal("secret token not found", refused.What);
        Assert.Null(((IFileContents)vault).TryRead("s1"));
    }

    [Fact]
    public void What_is_taken_back_is_forgotten()
    {
        vault.Replace([Payload("s1")]);
        vault.Replace([]);

        Assert.Null(((IFileContents)vault).TryRead("s1"));
    }

    private static PayloadReference Reference(string id) => new(PayloadKind.Secret, new(id), "token", "token");

    private static P.AssignedPayload Payload(string id) =>
        new() { Id = id, Data = Google.Protobuf.ByteString.CopyFromUtf8($"hush {id}") };
}
