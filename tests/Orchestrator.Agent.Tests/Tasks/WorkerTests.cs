using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Agent.Tasks;
using Orchestrator.Model;
using Orchestrator.Testing;
using P = Orchestrator.Protocol.V1;

namespace Orchestrator.Agent.Tests.Tasks;

public sealed class WorkerTests : IDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    private static readonly OrchTask Web = new()
    {
        Id = new("t1"), Spec = new TaskSpec { Container = new ContainerSpec { Image = "web" } }, ServiceId = new("s1"),
        Status = new Model.TaskStatus { State = TaskState.Assigned }, DesiredState = TaskState.Running, NodeId = new("n1"),
    };

    private readonly string directory = Directory.CreateTempSubdirectory("orch-worker-").FullName;
    private readonly StatusReporter reporter = new();
    private readonly SlowExecutor executor = new();

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public async Task Nobody_waits_for_a_container_that_goes_but_the_task_that_would_be_it_again()
    {
        var worker = Worker();
        worker.Reconcile([Web]);
        await HoldsAsync("it starts", () => executor.Started == 1);

        await Task.Run(() => worker.Reconcile([])).WaitAsync(Soon);
        await HoldsAsync("its container goes", () => executor.Removing);
        worker.Reconcile([Web with { Id = new("t2") }, Web]);
        await HoldsAsync("another starts", () => executor.Started == 2);
        await Task.Delay(50);

        Assert.Equal(2, executor.Started);
        executor.Removed.SetResult();
        await HoldsAsync("it starts again", () => executor.Started == 3);
        await worker.StopAsync();
    }

    [Fact]
    public async Task What_the_daemon_before_this_one_did_not_come_to_say_is_said_in_a_session_that_began_before_the_task()
    {
        new AgentStore(directory).SaveStatus(Web.Id, new Model.TaskStatus { State = TaskState.Failed, Error = "out of memory" });
        var worker = Worker();
        worker.ReportAll();
        var told = new List<P.TaskStatusUpdate>();
        using var stop = new CancellationTokenSource();
        var reporting = reporter.RunAsync(
            (request, _) =>
            {
                told.AddRange(request.Updates);
                return Task.CompletedTask;
            },
            stop.Token);

        worker.Reconcile([Web]);

        await HoldsAsync("it is said", () => told.Count > 0);
        Assert.Equal(("t1", "out of memory"), (told[0].TaskId, told[0].Status.Error));
        await stop.CancelAsync();
        await Task.WhenAny(reporting);
        await worker.StopAsync();
    }

    private Worker Worker() => new(
        executor, new AgentStore(directory), TimeProvider.System, reporter, NullLogger<Worker>.Instance);

    private static Task HoldsAsync(string what, Func<bool> holds) =>
        Eventually.HoldsAsync(what, Soon, () => Task.FromResult(holds()));

    private sealed class SlowExecutor : ITaskExecutor
    {
        private int started;

        public int Started => Volatile.Read(ref started);

        public bool Removing { get; private set; }

        public TaskCompletionSource Removed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ContainerSight Look(OrchTask task) => ContainerSight.None;

        public Task PrepareAsync(OrchTask task, CancellationToken cancellationToken) => Task.CompletedTask;

        public async Task<ContainerSight> StartAsync(OrchTask task, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref started);
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return ContainerSight.None;
        }

        public Task<ContainerSight> WaitAsync(OrchTask task, CancellationToken cancellationToken) =>
            Task.FromResult(ContainerSight.None);

        public Task StopAsync(OrchTask task, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task RemoveAsync(OrchTask task, CancellationToken cancellationToken)
        {
            Removing = true;
            return Removed.Task;
        }
    }
}
