using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Daemon.Clustering;
using Orchestrator.Oci.Images;

namespace Orchestrator.Registry.Tests;

/// <summary>Managers that kept names in files, before the store had them.</summary>
public sealed class TakeOverTests
{
    [Fact]
    public async Task The_newest_of_what_a_majority_has_in_files_is_moved_into_the_store_and_nothing_is_lost()
    {
        await using var a = await RegistryHost.StartAsync();
        await using var b = await RegistryHost.StartAsync();
        await using var c = await RegistryHost.StartAsync();
        RegistryHost[] hosts = [a, b, c];
        var (atA, atB) = (new SpecClient(a, "team/x"), new SpecClient(b, "team/x"));
        await atA.PushImageAsync("moved", "old");
        await atA.PushImageAsync("removed", "kept, without a tag");
        await Task.Delay(2); // A version is a time in milliseconds.
        var moved = await atB.PushImageAsync("moved", "new");
        var untagged = await atB.PushImageAsync("removed", "kept, without a tag");
        await Task.Delay(2);
        await atB.SendAsync("DELETE", "manifests/removed");
        await a.Registry.Accounts.SaveAsync("ci", "secret", [new("*", RegistryRights.Pull)], default);

        var store = new ClusterStore();
        await ReopenAsync(hosts, store);
        Assert.Equal(503, (await atA.SendAsync("GET", "manifests/moved")).Status);
        await c.StopAsync();
        await MoveAsync(a, store);

        foreach (var spec in (SpecClient[])[atA, atB])
        {
            Assert.Equal("""{"name":"team/x","tags":["moved"]}""", (await spec.SendAsync("GET", "tags/list")).Text);
            Assert.Equal(moved.ToString(), (await spec.SendAsync("GET", "manifests/moved"))["Docker-Content-Digest"]);
            Assert.Equal(200, (await spec.SendAsync("GET", $"manifests/{untagged}")).Status);
        }

        Assert.Equal(["ci"], b.Registry.Accounts.Users.Select(u => u.Name));
        Assert.False(Directory.Exists(Path.Combine(a.DataRoot, "registry/team/x/_tags")));
        Assert.Empty((await a.Images.CheckAsync(repair: false, default)).Faults);
    }

    [Fact]
    public async Task What_a_minority_has_in_files_is_not_taken_for_all()
    {
        await using var a = await RegistryHost.StartAsync();
        await using var b = await RegistryHost.StartAsync();
        await using var c = await RegistryHost.StartAsync();
        await new SpecClient(b, "x").PushImageAsync("1");
        await ReopenAsync([a, b, c], new ClusterStore());
        await b.StopAsync();
        await c.StopAsync();

        Assert.Null(await a.Registry.GatherLegacyAsync(default));
    }

    private static async Task ReopenAsync(RegistryHost[] hosts, ClusterStore store)
    {
        foreach (var host in hosts)
        {
            await host.StopAsync();
            host.Store = store;
            await host.OpenAsync();
        }

        RegistryHost.Introduce(hosts);
    }

    private static Task MoveAsync(RegistryHost host, ClusterStore store) => new RegistryTakeOver(
        host.Registry, host.Names, store.Names, store.Log, TimeProvider.System, NullLogger.Instance).RunAsync(default);
}
