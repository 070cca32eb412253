using System.Text.Json;
using Orchestrator.Integration.Support;
using Orchestrator.Testing;

namespace Orchestrator.Integration.Engine.Load;

/// <summary>ORCH_MANY containers at once, and ORCH_CHURN one after another (tests/soak engine).</summary>
[Collection(LoneDaemonCollection.Name)]
public sealed class ManyContainersTests
{
    private const int Hands = 8;

    [RootFact]
    public async Task Many_run_at_once_and_many_that_come_and_go_leave_nothing()
    {
        await using var node = await FreshDaemon.StartAsync();
        using var api = new ApiClient(node.Daemon.ApiSocket);
        var (many, churn) = (SoakSetting.Number("ORCH_MANY", 16), SoakSetting.Number("ORCH_CHURN", 24));

        await EachAsync(many, i => StartAsync(api, $"many-{i}", "sleep", "1000"));
        var running = (await api.MustAsync("GET", "containers/json")).EnumerateArray().ToList();
        Assert.Equal(many, running.Count);
        Assert.Equal(many, running.Select(Address).Distinct().Count());
        await EachAsync(many, i => api.MustAsync("DELETE", $"containers/many-{i}?force=1&v=1"));
        await EachAsync(churn, async i =>
        {
            await StartAsync(api, $"churn-{i}", "sh", "-c", "exit 3");
            var ended = await api.MustAsync("POST", $"containers/churn-{i}/wait");
            Assert.Equal(3, ended.GetProperty("StatusCode").GetInt32());
            await api.MustAsync("DELETE", $"containers/churn-{i}?v=1");
        });

        await node.IsCleanAsync();
    }

    private static string Address(JsonElement container) => container.GetProperty("NetworkSettings")
        .GetProperty("Networks").GetProperty("bridge").GetProperty("IPAddress").GetString()!;

    private static async Task StartAsync(ApiClient api, string name, params string[] command)
    {
        var body = JsonSerializer.Serialize(new { Image = LoneDaemon.Image, Cmd = command });
        await api.MustAsync("POST", $"containers/create?name={name}", body);
        await api.MustAsync("POST", $"containers/{name}/start");
    }

    private static Task EachAsync(int count, Func<int, Task> act) => Parallel.ForEachAsync(
        Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = Hands }, async (i, _) => await act(i));
}
