using System.Collections.Concurrent;
using Orchestrator.Engine.Containers;
using Orchestrator.Engine.Running;
using Orchestrator.Network;
using Orchestrator.Oci.Bundle;
using Orchestrator.Oci.Shim;

namespace Orchestrator.Engine.Tests.Running;

/// <summary>A kernel of the test's own: containers end when the test says so, and it is known what was released.</summary>
internal sealed class FakeHost : IContainerHost
{
    public ConcurrentDictionary<string, FakeRun> Runs { get; } = new();

    public ConcurrentDictionary<string, ExitStatus> Exits { get; } = new();

    public ConcurrentBag<string> Released { get; } = [];

    public int Created { get; private set; }

    public Exception? Refusal { get; set; }

    public Task<IContainerRun> CreateAsync(ContainerRecord record, CancellationToken cancellationToken)
    {
        if (Refusal is { } refusal)
            throw refusal;
        Created++;
        return Task.FromResult<IContainerRun>(Runs[record.Id] = new FakeRun());
    }

    public Task<IContainerRun?> AdoptAsync(ContainerRecord record, CancellationToken cancellationToken) =>
        Task.FromResult<IContainerRun?>(Runs.GetValueOrDefault(record.Id));

    public ExitStatus? ReadExit(ContainerRecord record) => Exits.GetValueOrDefault(record.Id);

    public Task ReleaseAsync(ContainerRecord record, CancellationToken cancellationToken)
    {
        Released.Add(record.Id);
        Runs.TryRemove(record.Id, out _);
        return Task.CompletedTask;
    }

    public Task DeleteRootAsync(string id, CancellationToken cancellationToken) => Task.CompletedTask;
}

internal sealed class FakeRun : IContainerRun
{
    private readonly TaskCompletionSource<ExitStatus> exit = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public List<int> Signals { get; } = [];

    public bool IgnoresTerm { get; set; }

    public int Pid => 4242;

    public DateTimeOffset? StartedAt { get; set; }

    public bool IsPaused => false;

    public bool IsStarted { get; set; } = true;

    public IReadOnlyList<NetworkConnection> Connections => [];

    public IReadOnlyList<PortBinding> Ports => [];

    public void End(int code) =>
        exit.TrySetResult(new ExitStatus { ExitCode = code, FinishedAt = StartedAt ?? DateTimeOffset.UnixEpoch });

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task SignalAsync(int signal, CancellationToken cancellationToken)
    {
        Signals.Add(signal);
        if (signal == 9 || !IgnoresTerm)
            End(128 + signal);
        return Task.CompletedTask;
    }

    public Task<ExitStatus> WaitAsync(CancellationToken cancellationToken) => exit.Task.WaitAsync(cancellationToken);

    public Task PauseAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task ResumeAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task ResizeAsync(string? execId, int height, int width, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<AttachedStreams> AttachAsync(
        string? execId, AttachOptions options, bool terminal, bool stdinOnce, CancellationToken cancellationToken) =>
        throw new NotSupportedException("this kernel has no streams");

    public ResolvedUser ResolveUser(string user) => new(0, 0, [], "/");

    public Task<ExecStarted> ExecAsync(
        ProcessSpec process, bool openStdin, bool privileged, bool detach, CancellationToken cancellationToken) =>
        Task.FromResult(new ExecStarted("exec", 4243));

    public Task<ExitStatus> WaitExecAsync(string execId, CancellationToken cancellationToken) => exit.Task;

    public Task<ContainerStats> StatsAsync(CancellationToken cancellationToken) => Task.FromResult(new ContainerStats());
}
