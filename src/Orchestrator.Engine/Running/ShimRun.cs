using System.Net.Sockets;
using Orchestrator.Engine.Containers;
using Orchestrator.Network;
using Orchestrator.Oci.Bundle;
using Orchestrator.Oci.Shim;
using ShimStatus = Orchestrator.Oci.Shim.ContainerStatus;

namespace Orchestrator.Engine.Running;

/// <summary>A run whose shim is ours.</summary>
internal sealed class ShimRun(
    ShimClient shim, ShimDirectory directory, string rootfs, RunFacts facts, TimeProvider time) : IContainerRun
{
    private volatile Oci.Shim.ContainerState state = facts.State;

    public int Pid => state.Pid;

    public DateTimeOffset? StartedAt => state.StartedAt;

    public bool IsPaused => state.Status == ShimStatus.Paused;

    public bool IsStarted => state.Status != ShimStatus.Created;

    public IReadOnlyList<NetworkConnection> Connections => facts.Connections;

    public IReadOnlyList<PortBinding> Ports => facts.Ports;

    public async Task StartAsync(CancellationToken cancellationToken) =>
        state = await shim.StartAsync(cancellationToken);

    public async Task SignalAsync(int signal, CancellationToken cancellationToken)
    {
        try
        {
            await shim.SignalAsync(signal, all: false, cancellationToken);
        }
        catch (SocketException)
        {
            throw new ShimException("the container is not running: its shim has died", 1);
        }
    }

    public async Task<ExitStatus> WaitAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await shim.WaitAsync(cancellationToken);
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            // Nobody reads its output any more, and nobody could tell how it ends: what still lives of it is killed when
            // the run is released, and the restart policy does the rest.
            return directory.ReadExit() ?? Lost("its shim died, and it was killed");
        }
    }

    public Task PauseAsync(CancellationToken cancellationToken) => GuardAsync(() => shim.PauseAsync(cancellationToken));

    public Task ResumeAsync(CancellationToken cancellationToken) =>
        GuardAsync(() => shim.ResumeAsync(cancellationToken));

    public Task ResizeAsync(string? execId, int height, int width, CancellationToken cancellationToken) =>
        GuardAsync(() => shim.ResizeAsync(execId, (uint)height, (uint)width, cancellationToken));

    public async Task<AttachedStreams> AttachAsync(
        string? execId, AttachOptions options, bool terminal, bool stdinOnce, CancellationToken cancellationToken)
    {
        var stream = await shim.AttachAsync(execId, options.Stdin, options.Stdout, options.Stderr, cancellationToken);
        var streams = new ShimStreams(stream, framed: !terminal, endsInput: options.Stdin && stdinOnce && !terminal);
        return terminal && options.Stdin
            ? new DetachableStreams(streams, DetachKeys.Parse(options.DetachKeys), options.Detached) : streams;
    }

    public ResolvedUser ResolveUser(string user, IReadOnlyList<string> extraGroups) => 
        UserResolver.Resolve(rootfs, user, extraGroups);

    public Task<ExecStarted> ExecAsync(
        ProcessSpec process, bool openStdin, bool privileged, bool detach, CancellationToken cancellationToken) =>
        GuardAsync(() => shim.ExecAsync(
            new ExecSpec { Process = process, OpenStdin = openStdin, Privileged = privileged, Detach = detach },
            cancellationToken));

    public async Task<ExitStatus> WaitExecAsync(string execId, CancellationToken cancellationToken)
    {
        try
        {
            return await shim.WaitExecAsync(execId, cancellationToken);
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            return Lost("the container ended");
        }
    }

    public Task SignalExecAsync(string execId, int signal, CancellationToken cancellationToken) =>
        GuardAsync(() => shim.SignalAsync(signal, all: false, cancellationToken, execId));

    public Task UpdateAsync(ResourcesSpec resources, CancellationToken cancellationToken) =>
        GuardAsync(() => shim.UpdateAsync(resources, cancellationToken));

    public Task<ContainerStats> StatsAsync(CancellationToken cancellationToken) => shim.StatsAsync(cancellationToken);

    private ExitStatus Lost(string why) => new() { ExitCode = 137, Error = why, FinishedAt = time.GetUtcNow() };

    private async Task GuardAsync(Func<Task> call) => await GuardAsync(async () =>
    {
        await call();
        return true;
    });

    /// <summary>Whatever goes wrong with a container that has ended meanwhile, that is what is wrong.</summary>
    private async Task<T> GuardAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (Exception e) when (e is SocketException or ShimException && !directory.ContainerLives())
        {
            throw EngineException.Conflict($"container {state.Id} is not running");
        }
        catch (ShimException e) when (e.ExitCode == ShimException.WrongState)
        {
            throw EngineException.Conflict(e.Message);
        }
        catch (SocketException e)
        {
            throw new EngineException(
                EngineError.Internal, "the container's shim does not answer; it may just have ended", e);
        }
    }
}

/// <summary>What was made for a run besides its shim.</summary>
internal sealed record RunFacts(
    Oci.Shim.ContainerState State, IReadOnlyList<NetworkConnection> Connections, IReadOnlyList<PortBinding> Ports);
