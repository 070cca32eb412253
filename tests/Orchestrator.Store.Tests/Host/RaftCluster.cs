using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Raft;
using Orchestrator.Store.Host;
using Orchestrator.Store.Log;
using Orchestrator.Store.Transport;

namespace Orchestrator.Store.Tests.Host;

/// <summary>Real hosts on real files in one process; a stop is as sudden as a crash.</summary>
internal sealed class RaftCluster : IAsyncDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("orch-raft-").FullName;
    private readonly ConcurrentDictionary<string, (RaftHost Host, JournalState State)> running = [];
    private readonly Func<string, ITransport> newTransport;

    public RaftCluster(Func<RaftHostOptions, RaftHostOptions>? tune = null, Func<string, ITransport>? newTransport = null)
    {
        Tune = tune ?? (o => o);
        this.newTransport = newTransport ?? (_ => Network.NewTransport());
    }

    public InProcessNetwork Network { get; } = new();

    public Func<RaftHostOptions, RaftHostOptions> Tune { get; set; }

    public IEnumerable<string> Names => running.Keys;

    public RaftHost this[string name] => running[name].Host;

    public RaftHost? Find(string name) => running.TryGetValue(name, out var found) ? found.Host : null;

    public JournalState State(string name) => running[name].State;

    public string Directory_(string name) => Path.Combine(root, name);

    /// <summary>A cluster of the named nodes, all voters.</summary>
    public static async Task<RaftCluster> StartAsync(
        string[] names, Func<RaftHostOptions, RaftHostOptions>? tune = null, Func<string, ITransport>? newTransport = null)
    {
        var cluster = new RaftCluster(tune, newTransport);
        cluster.Add(names[0], setup => RaftHost.Bootstrap(setup, "test"));
        await cluster.LeaderAsync();
        foreach (var name in names.Skip(1))
            await cluster.JoinAsync(name);
        return cluster;
    }

    public async Task JoinAsync(string name)
    {
        var leader = await LeaderAsync();
        var member = await this[leader].AddAsync(name, AddressOf(name), Timeout());
        var members = this[leader].Members.Select(m => m.Member).ToArray();
        Add(name, setup => RaftHost.Join(setup, "test", member.RaftId, members));
        await Until(async () => this[await LeaderAsync()].Members.Any(m => m.Member.NodeId == name && m.Member.IsVoter));
    }

    public Func<string, string> AddressOf { get; init; } = name => $"{name}:2377";

    public void Add(string name, Func<RaftHostSetup, RaftHost> start)
    {
        var state = new JournalState();
        var options = Tune(new RaftHostOptions
        {
            Directory = Directory_(name),
            Tick = TimeSpan.FromMilliseconds(40),
            Log = new RaftLogOptions { SegmentBytes = 256 * 1024 },
        });
        running[name] = (start(new(
            options, new PlainFiles(), newTransport(name), state, name, AddressOf(name), TimeProvider.System, NullLogger.Instance)), state);
    }

    public void Restart(string name) => Add(name, RaftHost.Open);

    public async Task StopAsync(string name)
    {
        await running[name].Host.DisposeAsync();
        running.TryRemove(name, out _);
    }

    public async Task<string> LeaderAsync()
    {
        var leader = "";
        await Until(() => (leader = Names.FirstOrDefault(n => this[n].Status.IsLeader) ?? "").Length > 0);
        return leader;
    }

    /// <summary>
    /// Writes once, whoever leads. A leader that lost its place leaves open whether the line was written, so its
    /// successor is asked: the tests write one line after the other, and one more than before is this one.
    /// </summary>
    public async Task WriteAsync(string text)
    {
        var before = Names.Max(n => State(n).Lines.Length);
        var unknown = false;
        for (var end = Environment.TickCount64 + 20_000; ;)
        {
            try
            {
                var leader = await LeaderAsync();
                if (unknown)
                {
                    await this[leader].ReadBarrierAsync(Timeout());
                    if (State(leader).Lines.Length > before)
                        return;
                    unknown = false;
                }

                await this[leader].ProposeAsync(_ => Encoding.UTF8.GetBytes(text), Timeout());
                return;
            }
            catch (Exception e) when (e is NotLeaderException or LogBusyException or ProposalUnknownException
                && Environment.TickCount64 < end)
            {
                unknown |= e is ProposalUnknownException;
                await Task.Delay(10);
            }
        }
    }

    public Task EqualAsync(params string[] expected) =>
        Until(() => Names.All(n => State(n).Lines.SequenceEqual(expected)));

    public static Task Until(Func<bool> condition) => Until(() => Task.FromResult(condition()));

    /// <summary>The wait has an end only so that a broken build fails instead of hanging.</summary>
    public static async Task Until(Func<Task<bool>> condition)
    {
        for (var end = Environment.TickCount64 + 30_000; !await condition(); await Task.Delay(5))
            Assert.True(Environment.TickCount64 < end, "what was waited for did not come");
    }

    public static CancellationToken Timeout() => new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token;

    public async ValueTask DisposeAsync()
    {
        foreach (var name in Names.ToArray())
            await StopAsync(name);
        Directory.Delete(root, recursive: true);
    }
}
