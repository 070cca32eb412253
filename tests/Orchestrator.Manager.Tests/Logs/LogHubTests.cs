using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Orchestrator.Manager.Logs;
using Orchestrator.Manager.Tests.Scenarios;
using Orchestrator.Model;
using P = Orchestrator.Protocol.V1;
using Task = System.Threading.Tasks.Task;

namespace Orchestrator.Manager.Tests.Logs;

/// <summary>Readers, and nodes that come, break off and come back.</summary>
public sealed class LogHubTests : IAsyncLifetime
{
    private static readonly NodeId Node = new("bb");

    /// <summary>Ends a wait only so that a broken build fails instead of hanging.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly World world = new();
    private readonly CancellationTokenSource stop = new(Patience);
    private readonly TestStream<P.LogMessages> reader = new();
    private readonly LogHub hub;
    private Task reading = Task.CompletedTask;

    public LogHubTests()
    {
        world.Add(World.Node("bb"));
        world.Add(World.Task("t1", "web", 1, TaskState.Running, "bb"));
        hub = new LogHub(world.Store, new LogHubOptions(), world.Time);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await stop.CancelAsync();
        await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
    }

    [Fact]
    public async Task Who_follows_a_task_gets_the_rest_once_when_the_lost_node_is_back()
    {
        Read(follow: true, tail: 3);
        using (var first = Listen())
        {
            var asked = await first.NextAsync();
            Assert.Equal((3L, null), (asked.Options.Tail, asked.Options.Since));
            await BreakOffAsync(asked, Line(1, "a"), Line(2, "b"), Line(2, "b"));
        }

        using var second = Listen();
        var again = await second.NextAsync();
        await BreakOffAsync(again, Line(2, "b"), Line(2, "b"), Line(2, "b"), Line(3, "d"));

        Assert.Equal((-1L, At(2)), (again.Options.Tail, again.Options.Since));
        Assert.Equal(["a", "b", "b", "b", "d"], await TextsAsync(5));
    }

    [Fact]
    public async Task A_node_that_breaks_off_twice_is_asked_each_time_for_what_has_not_come()
    {
        Read(follow: true);
        foreach (var come in new[] { 1, 2, 3 })
        {
            using var session = Listen();
            await BreakOffAsync(await session.NextAsync(), [.. Enumerable.Range(1, come).Select(n => Line(7, $"{n}"))]);
        }

        Assert.Equal(["1", "2", "3"], await TextsAsync(3));
    }

    [Fact]
    public async Task What_a_lost_session_still_brings_is_not_taken_once_the_node_is_asked_again()
    {
        Read(follow: true);
        using var first = Listen();
        var old = await first.NextAsync();
        await BreakOffAsync(old, Line(1, "a"));
        using var second = Listen();
        var again = await second.NextAsync();

        await BreakOffAsync(again, Line(1, "a"), Line(2, "b"));
        await hub.PublishAsync(new TestReader<P.PublishLogsMessage>([Answer(old, true, Line(2, "b"))]), stop.Token);
        await BreakOffAsync(again, Line(3, "c"));

        Assert.Equal(["a", "b", "c"], await TextsAsync(3));
    }

    [Fact]
    public async Task A_task_of_which_there_is_no_more_is_not_asked_for_again()
    {
        Read(follow: true);
        using (var first = Listen())
            await FinishAsync(await first.NextAsync(), Line(1, "a"));

        using var second = Listen();
        world.Add(World.Task("t2", "web", 2, TaskState.Running, "bb"));

        Assert.Equal(["t2"], (await second.NextAsync()).Selector.TaskIds);
    }

    [Fact]
    public async Task A_read_that_is_cut_short_goes_on_when_the_node_is_back()
    {
        Read(follow: false);
        using (var first = Listen())
            await BreakOffAsync(await first.NextAsync(), Line(1, "a"));
        using (var second = Listen())
            await FinishAsync(await second.NextAsync(), Line(1, "a"), Line(2, "b"));

        await reading.WaitAsync(Patience);
        Assert.Equal(["a", "b"], await TextsAsync(2));
    }

    [Fact]
    public async Task A_read_that_stays_cut_short_names_the_node_when_it_is_given_up()
    {
        Read(follow: false);
        using (var first = Listen())
            await BreakOffAsync(await first.NextAsync(), Line(1, "a"));
        Assert.Equal(["a"], await TextsAsync(1));

        while (!reading.IsCompleted && !stop.IsCancellationRequested)
        {
            world.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(10);
        }

        var fault = await Assert.ThrowsAsync<UserException>(() => reading);
        Assert.Equal("incomplete log stream: not all has come from node bb", fault.What);
    }

    private void Read(bool follow, long tail = -1) => reading = hub.SubscribeAsync(
        new P.SubscribeLogsRequest
        {
            Selector = new P.LogSelector { ServiceIds = { "web" } },
            Options = new P.LogOptions { Stdout = true, Follow = follow, Tail = tail },
        },
        reader, stop.Token);

    private Session Listen() => new(hub, stop.Token);

    private async Task BreakOffAsync(P.SubscriptionMessage asked, params P.LogMessage[] lines) =>
        await Assert.ThrowsAsync<IOException>(
            () => hub.PublishAsync(new Broken(Answer(asked, false, lines)), stop.Token));

    private Task FinishAsync(P.SubscriptionMessage asked, params P.LogMessage[] lines) =>
        hub.PublishAsync(new TestReader<P.PublishLogsMessage>([Answer(asked, true, lines)]), stop.Token);

    private async Task<List<string>> TextsAsync(int count)
    {
        var texts = new List<string>();
        while (texts.Count < count)
        {
            var batch = await reader.Messages.ReadAsync(stop.Token);
            texts.AddRange(batch.Messages.Select(line => line.Data.ToStringUtf8()));
        }

        return texts;
    }

    private static P.PublishLogsMessage Answer(P.SubscriptionMessage asked, bool close, params P.LogMessage[] lines) =>
        new() { SubscriptionId = asked.Id, Close = close, Messages = { lines } };

    private static P.LogMessage Line(int second, string text) =>
        new() { TaskId = "t1", Timestamp = At(second), Data = ByteString.CopyFromUtf8(text) };

    private static Timestamp At(int second) => new() { Seconds = second };

    /// <summary>One session of the node: what it is told, until it is lost.</summary>
    private sealed class Session : IDisposable
    {
        private readonly CancellationTokenSource lost;
        private readonly TestStream<P.SubscriptionMessage> told = new();

        public Session(LogHub hub, CancellationToken cancellationToken)
        {
            lost = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            _ = hub.ListenAsync(Node, told, lost.Token);
        }

        public async Task<P.SubscriptionMessage> NextAsync() => await told.Messages.ReadAsync(lost.Token);

        public void Dispose()
        {
            lost.Cancel();
            lost.Dispose();
        }
    }

    /// <summary>A call whose connection breaks after one message.</summary>
    private sealed class Broken(P.PublishLogsMessage only) : IAsyncStreamReader<P.PublishLogsMessage>
    {
        private bool read;

        public P.PublishLogsMessage Current => only;

        public Task<bool> MoveNext(CancellationToken cancellationToken)
        {
            if (read)
                throw new IOException("the connection is lost");
            return Task.FromResult(read = true);
        }
    }
}
