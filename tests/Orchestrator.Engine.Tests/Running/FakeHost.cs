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

    public Task FillVolumesAsync(ContainerRecord record, CancellationToken cancellationToken) => Task.CompletedTask;

    public bool HasRemains(ContainerRecord record) => false;

    public ExitStatus? ReadExit(ContainerRecord record) => Exits.GetValueOrDefault(record.Id);

    public Task ReleaseAsync(ContainerRecord record, CancellationToken cancellationToken)
    {
        Released.Add(record.Id);
        Runs.TryRemove(record.Id, out _);
        return Task.CompletedTask;
    }

    public Task RelinkAsync(ContainerRecord record, CancellationToken cancellationToken) => Task.CompletedTask;

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
        Task.FromResult<AttachedStreams>(new FakeStreams(Probe?.Invoke().Output));

    public ResolvedUser ResolveUser(string user, IReadOnlyList<string> extraGroups) => new(0, 0, [], "/");

    public Task<ExecStarted> ExecAsync(
        ProcessSpec process, bool openStdin, bool privileged, bool detach, CancellationToken cancellationToken) =>
        Task.FromResult(new ExecStarted($"exec-{++Probes}", 4243));

    public Task<ExitStatus> WaitExecAsync(string execId, CancellationToken cancellationToken) => Probe is null
        ? exit.Task.WaitAsync(cancellationToken)
        : Task.FromResult(new ExitStatus { ExitCode = Probe().ExitCode, FinishedAt = DateTimeOffset.UnixEpoch });

    public Task SignalExecAsync(string execId, int signal, CancellationToken cancellationToken)
    {
        ExecSignals.Add(signal);
        return Task.CompletedTask;
    }

    /// <summary>What execs print and end with; null: they never end.</summary>
    public Func<(int ExitCode, string Output)>? Probe { get; set; }

    public int Probes { get; private set; }

    public ConcurrentBag<int> ExecSignals { get; } = [];

    public List<ResourcesSpec> Updates { get; } = [];

    public Exception? UpdateRefusal { get; set; }

    public Task UpdateAsync(ResourcesSpec resources, CancellationToken cancellationToken)
    {
        if (UpdateRefusal is { } refusal)
            throw refusal;
        Updates.Add(resources);
        return Task.CompletedTask;
    }

    public Task<ContainerStats> StatsAsync(CancellationToken cancellationToken) => Task.FromResult(new ContainerStats());
}

/// <summary>One frame of output, or none until cancelled.</summary>
internal sealed class FakeStreams(string? output) : AttachedStreams
{
    private byte[] left = output is null ? []
        : [1, 0, 0, 0, 0, 0, 0, (byte)output.Length, .. System.Text.Encoding.ASCII.GetBytes(output)];

    public override bool IsFramed => true;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (output is null)
            await Task.Delay(Timeout.Infinite, cancellationToken);
        var count = Math.Min(buffer.Length, left.Length);
        left.AsMemory(0, count).CopyTo(buffer);
        left = left[count..];
        return count;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => default;

    public override ValueTask CloseInputAsync(CancellationToken cancellationToken) => default;

    public override ValueTask DisposeAsync() => default;
}
