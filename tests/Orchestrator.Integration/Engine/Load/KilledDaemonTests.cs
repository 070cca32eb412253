using System.Collections.Concurrent;
using System.Text.Json;
using Orchestrator.Integration.Support;
using Orchestrator.Testing;

namespace Orchestrator.Integration.Engine.Load;

/// <summary>The daemon is killed at any moment of anything, ORCH_KILLS times (tests/soak engine-kills): what was
/// acknowledged is there at the next start, what was begun is whole or gone.</summary>
[Collection(LoneDaemonCollection.Name)]
public sealed class KilledDaemonTests
{
    private const int Hands = 4;

    /// <summary>What the last acknowledged call made of each thing; null: a call on it was cut off, so either is right.
    /// </summary>
    private readonly ConcurrentDictionary<string, bool?> exists = [];

    [RootFact]
    public async Task What_was_acknowledged_is_there_and_what_was_begun_is_whole_or_gone()
    {
        await using var node = await FreshDaemon.StartAsync();
        using var api = new ApiClient(node.Daemon.ApiSocket);
        var seed = SoakSetting.Number("ORCH_SEED", Environment.TickCount);
        var random = new Random(seed);

        for (var kill = 0; kill < SoakSetting.Number("ORCH_KILLS", 2); kill++)
        {
            using var stopping = new CancellationTokenSource();
            var hands = Enumerable.Range(0, Hands)
                .Select(hand => Task.Run(() => WorkAsync(api, hand, new Random(seed + (kill * Hands) + hand), stopping.Token)))
                .ToList();
            await Task.Delay(random.Next(20, 600));
            await node.Daemon.KillAsync("KILL");
            await stopping.CancelAsync();
            await Task.WhenAll(hands);
            await node.Daemon.StartAsync();

            var wrong = await WrongAsync(node.Daemon, api);
            Assert.True(wrong.Count == 0, $"seed {seed}, kill {kill}: {string.Join("; ", wrong)}");
        }

        await RemoveAllAsync(api);
        await node.IsCleanAsync();
    }

    /// <summary>Each hand has things of its own, so that it knows what it did last.</summary>
    private async Task WorkAsync(ApiClient api, int hand, Random random, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            var (container, volume, network) = ($"c{hand}-{random.Next(3)}", $"v{hand}", $"n{hand}");
            var create = JsonSerializer.Serialize(new
            {
                Image = LoneDaemon.Image, Cmd = (string[])["sh", "-c", "echo up; sleep 1000"],
                HostConfig = new { Binds = (string[])[$"{volume}:/data"], RestartPolicy = new { Name = random.Next(2) == 0 ? "always" : "no" } },
            });
            await (random.Next(11) switch
            {
                0 or 1 or 2 => ChangeAsync(api, $"container {container}", true, "POST", $"containers/create?name={container}", create),
                3 => ChangeAsync(api, $"container {container}", false, "DELETE", $"containers/{container}?force=1"),
                4 or 5 => api.TryAsync("POST", $"containers/{container}/start"),
                6 => api.TryAsync("POST", $"containers/{container}/stop?t=0"),
                7 => api.TryAsync("POST", $"containers/{container}/restart?t=0"),
                8 => ChangeAsync(api, $"network {network}", true, "POST", "networks/create", $"{{\"Name\":\"{network}\"}}"),
                9 => ChangeAsync(api, $"network {network}", false, "DELETE", $"networks/{network}"),
                _ => api.TryAsync("POST", $"networks/{network}/connect", $"{{\"Container\":\"{container}\"}}"),
            });
        }
    }

    private async Task ChangeAsync(ApiClient api, string thing, bool makes, string method, string path, string? body = null)
    {
        var answer = await api.TryAsync(method, path, body);
        if (answer.IsDone)
            exists[thing] = makes;
        else if (answer.Status == 0)
            exists[thing] = null;
    }

    private async Task<IReadOnlyList<string>> WrongAsync(LoneDaemon daemon, ApiClient api)
    {
        var wrong = new List<string>();
        var containers = (await api.MustAsync("GET", "containers/json?all=1")).EnumerateArray().ToList();
        var names = containers.Select(c => c.GetProperty("Names")[0].GetString()![1..]).ToList();
        var networks = (await api.MustAsync("GET", "networks")).EnumerateArray().Select(n => n.GetProperty("Name").GetString()!).ToList();
        var there = names.Select(n => $"container {n}").Concat(networks.Select(n => $"network {n}")).ToHashSet();
        wrong.AddRange(exists.Where(e => e.Value is { } should && should != there.Contains(e.Key))
            .Select(e => $"{e.Key} is {(e.Value is true ? "gone" : "still there")}"));
        wrong.AddRange(names.GroupBy(n => n).Where(g => g.Count() > 1).Select(g => $"two are called {g.Key}"));
        foreach (var name in names)
            wrong.AddRange(Wrong(name, await api.MustAsync("GET", $"containers/{name}/json")));
        foreach (var network in networks)
            await api.MustAsync("GET", $"networks/{network}");
        var running = containers.Count(c => c.GetProperty("State").GetString() is "running" or "paused");
        if (daemon.Shims().Count is var shims && shims < running)
            wrong.Add($"{running} run, with {shims} shims");
        return wrong;
    }

    private static IEnumerable<string> Wrong(string name, JsonElement container)
    {
        var state = container.GetProperty("State");
        var (status, pid) = (state.GetProperty("Status").GetString(), state.GetProperty("Pid").GetInt32());
        if (status is not ("created" or "running" or "exited" or "restarting"))
            yield return $"{name} is {status}";
        if (status == "running" && !Directory.Exists($"/proc/{pid}"))
            yield return $"{name} runs as {pid}, which is no process";
        if (status != "running" && pid != 0)
            yield return $"{name} is {status} with pid {pid}";
        foreach (var mount in container.GetProperty("Mounts").EnumerateArray())
        {
            if (!Directory.Exists(mount.GetProperty("Source").GetString()))
                yield return $"{name} has lost its volume";
        }
    }

    private static async Task RemoveAllAsync(ApiClient api)
    {
        foreach (var container in (await api.MustAsync("GET", "containers/json?all=1")).EnumerateArray())
            await api.MustAsync("DELETE", $"containers/{container.GetProperty("Id").GetString()}?force=1&v=1");
        await api.MustAsync("POST", "networks/prune");
        await api.MustAsync("POST", "volumes/prune?filters={\"all\":[\"true\"]}");
    }
}
