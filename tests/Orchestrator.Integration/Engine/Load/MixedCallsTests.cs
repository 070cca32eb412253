using System.Collections.Concurrent;
using System.Text.Json;
using Orchestrator.Integration.Support;
using Orchestrator.Testing;

namespace Orchestrator.Integration.Engine.Load;

/// <summary>32 clients that call whatever they like on the same few containers, for ORCH_MIXED seconds
/// (tests/soak engine).</summary>
[Collection(LoneDaemonCollection.Name)]
public sealed class MixedCallsTests
{
    private const int Clients = 32, Names = 12;

    private readonly ConcurrentQueue<string> faults = [];
    private int created, calls;

    [RootFact]
    public async Task Calls_of_many_clients_at_once_are_answered_and_no_event_is_lost()
    {
        await using var node = await FreshDaemon.StartAsync();
        using var api = new ApiClient(node.Daemon.ApiSocket);
        using var listening = new CancellationTokenSource();
        var heard = new ConcurrentQueue<string>();
        var events = ListenAsync(api, heard, listening.Token);
        var end = DateTime.UtcNow.AddSeconds(SoakSetting.Number("ORCH_MIXED", 3));
        var seed = SoakSetting.Number("ORCH_SEED", Environment.TickCount);

        await Task.WhenAll(Enumerable.Range(0, Clients).Select(i => Task.Run(() => CallAsync(api, new Random(seed + i), end))));
        for (var i = 0; i < Names; i++)
            await LookAsync(api, "DELETE", $"containers/mixed-{i}?force=1");

        Assert.True(faults.IsEmpty, $"seed {seed}, {calls} calls: {string.Join('\n', faults.Take(5))}");
        Assert.Empty((await api.MustAsync("GET", "containers/json?all=1")).EnumerateArray());
        await Eventually.HoldsAsync(
            "all events are heard", TimeSpan.FromSeconds(20), () => Task.FromResult(heard.Count(e => e == "destroy") >= created));
        await listening.CancelAsync();
        await events;
        Assert.Equal((created, created), (heard.Count(e => e == "create"), heard.Count(e => e == "destroy")));
    }

    private async Task CallAsync(ApiClient api, Random random, DateTime end)
    {
        while (DateTime.UtcNow < end)
        {
            var name = $"mixed-{random.Next(Names)}";
            await (random.Next(12) switch
            {
                0 or 1 => CreateAsync(api, name),
                2 => LookAsync(api, "DELETE", $"containers/{name}?force=1"),
                3 or 4 => LookAsync(api, "POST", $"containers/{name}/start"),
                5 => LookAsync(api, "POST", $"containers/{name}/stop?t=0"),
                6 => LookAsync(api, "POST", $"containers/{name}/restart?t=0"),
                7 => LookAsync(api, "GET", $"containers/{name}/logs?stdout=1&tail=5"),
                8 => LookAsync(api, "GET", $"containers/{name}/json"),
                9 => LookAsync(api, "GET", "containers/json?all=1&size=1"),
                10 => LookAsync(api, "POST", $"containers/{name}/{(random.Next(2) == 0 ? "pause" : "unpause")}"),
                _ => ExecAsync(api, name),
            });
        }
    }

    private async Task CreateAsync(ApiClient api, string name)
    {
        var body = JsonSerializer.Serialize(new { Image = LoneDaemon.Image, Cmd = (string[])["sh", "-c", "echo up; sleep 1000"] });
        if ((await LookAsync(api, "POST", $"containers/create?name={name}", body)).IsDone)
            Interlocked.Increment(ref created);
    }

    private async Task ExecAsync(ApiClient api, string name)
    {
        var made = await LookAsync(api, "POST", $"containers/{name}/exec", "{\"Cmd\":[\"true\"],\"AttachStdout\":true}");
        if (made.IsDone)
            await LookAsync(api, "POST", $"exec/{made.Json.GetProperty("Id").GetString()}/start", "{\"Detach\":true}");
    }

    private async Task<ApiAnswer> LookAsync(ApiClient api, string method, string path, string? body = null)
    {
        var answer = await api.TryAsync(method, path, body);
        Interlocked.Increment(ref calls);
        if (answer.IsFault || answer.Status == 0)
            faults.Enqueue($"{method} {path}: {(int)answer.Status} {answer.Body}");
        return answer;
    }

    /// <summary>From before it asked: what happens until it is heard itself is told afterwards.</summary>
    private static async Task ListenAsync(ApiClient api, ConcurrentQueue<string> heard, CancellationToken cancellationToken)
    {
        var since = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        try
        {
            await foreach (var line in api.StreamAsync($"events?since={since}&filters={{\"type\":[\"container\"]}}", cancellationToken))
                heard.Enqueue(line.GetProperty("Action").GetString()!);
        }
        catch (OperationCanceledException)
        {
        }
    }
}
