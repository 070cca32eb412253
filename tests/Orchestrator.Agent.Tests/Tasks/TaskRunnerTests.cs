using System.Threading.Channels;
using Orchestrator.Agent.Tasks;
using Orchestrator.Model;
using Orchestrator.Testing;

namespace Orchestrator.Agent.Tests.Tasks;

/// <summary>The loop, against an executor that answers when the test says so.</summary>
public sealed class TaskRunnerTests
{
    private static readonly ContainerSight Up = new("c1", Running: true, Pid: 42, HasRun: true, ExitCode: 0, Error: "");

    private static readonly ContainerSight GivenUp =
        new("c1", Running: false, Pid: 0, HasRun: true, ExitCode: 137, Error: "unhealthy container", Well: false);

    private static readonly OrchTask Web = new()
    {
        Id = new("t1"), Spec = new TaskSpec { Container = new ContainerSpec { Image = "web" } }, ServiceId = new("s1"),
        DesiredState = TaskState.Running, NodeId = new("n1"),
    };

    private readonly FakeExecutor executor = new();
    private readonly Channel<Model.TaskStatus> reports = Channel.CreateUnbounded<Model.TaskStatus>();

    [Fact]
    public async Task A_task_is_not_running_before_its_container_is_well()
    {
        await using var running = Run(TaskState.Assigned);
        await ReachAsync(TaskState.Starting);
        await executor.Starts.Reader.ReadAsync();
        Assert.False(reports.Reader.TryPeek(out _));

        executor.Start.SetResult(Up);

        Assert.Equal("c1", (await ReachAsync(TaskState.Running)).Container!.ContainerId);
    }

    [Fact]
    public async Task A_task_whose_check_never_passes_fails_without_having_run()
    {
        await using var running = Run(TaskState.Assigned);
        await ReachAsync(TaskState.Starting);

        executor.Start.SetResult(GivenUp);

        var status = await reports.Reader.ReadAsync();
        Assert.Equal((TaskState.Failed, "unhealthy container"), (status.State, status.Error));
    }

    [Fact]
    public async Task The_next_daemon_goes_on_waiting_for_a_check_to_pass()
    {
        executor.Sight = Up;
        await using var running = Run(TaskState.Starting);
        await executor.Starts.Reader.ReadAsync();
        Assert.False(reports.Reader.TryPeek(out _));

        executor.Start.SetResult(Up);

        await ReachAsync(TaskState.Running);
    }

    [Fact]
    public async Task A_container_that_somebody_removed_is_no_success()
    {
        executor.Start.SetResult(Up);
        await using var running = Run(TaskState.Assigned);
        await ReachAsync(TaskState.Running);

        executor.End.SetResult(ContainerSight.None);

        Assert.Equal(TaskState.Failed, (await reports.Reader.ReadAsync()).State);
    }

    private async Task<Model.TaskStatus> ReachAsync(TaskState state)
    {
        while (true)
        {
            var status = await reports.Reader.ReadAsync();
            if (status.State == state)
                return status;
            Assert.True(status.State < state, $"{status.State} came before {state}");
        }
    }

    private Running Run(TaskState state)
    {
        var runner = new TaskRunner(
            Web, new Model.TaskStatus { State = state }, executor, new ManualTime(), (_, status) => reports.Writer.TryWrite(status));
        return new Running(runner);
    }

    private sealed class Running : IAsyncDisposable
    {
        private readonly CancellationTokenSource stop = new();
        private readonly Task loop;

        public Running(TaskRunner runner) => loop = runner.RunAsync(stop.Token);

        public async ValueTask DisposeAsync()
        {
            await stop.CancelAsync();
            await loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            stop.Dispose();
        }
    }

    private sealed class FakeExecutor : ITaskExecutor
    {
        public ContainerSight Sight { get; set; } = Up;

        public TaskCompletionSource<ContainerSight> Start { get; } = new();

        public TaskCompletionSource<ContainerSight> End { get; } = new();

        /// <summary>One entry a call of <see cref="StartAsync"/>.</summary>
        public Channel<OrchTask> Starts { get; } = Channel.CreateUnbounded<OrchTask>();

        public ContainerSight Look(OrchTask task) => Sight;

        public Task PrepareAsync(OrchTask task, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task<ContainerSight> StartAsync(OrchTask task, CancellationToken cancellationToken)
        {
            Starts.Writer.TryWrite(task);
            return Start.Task.WaitAsync(cancellationToken);
        }

        public Task<ContainerSight> WaitAsync(OrchTask task, CancellationToken cancellationToken) =>
            End.Task.WaitAsync(cancellationToken);

        public Task StopAsync(OrchTask task, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task RemoveAsync(OrchTask task, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
