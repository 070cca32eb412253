using Orchestrator.Engine.Containers;
using Orchestrator.Engine.Events;
using Orchestrator.Engine.Execs;
using Orchestrator.Engine.Logs;

namespace Orchestrator.Engine;

/// <summary>The containers of one node. Every reference is an id, a unique prefix of one, or a name.</summary>
/// <remarks>All calls may race; those on one container run one after another. Refusals are <see cref="EngineException"/>.</remarks>
public sealed class ContainerEngine
{
    /// <summary>What happened on this node.</summary>
    public EventLog Events { get; } = new(TimeProvider.System);

    /// <summary>Writes down a new container; nothing runs yet.</summary>
    /// <param name="name">Null or empty: one is made up.</param>
    public Task<CreatedContainer> CreateAsync(ContainerSpec spec, string? name, CancellationToken cancellationToken) =>
        throw Later();

    /// <summary>Runs a container that is down.</summary>
    public Task StartAsync(string reference, CancellationToken cancellationToken) =>
        throw Later();

    /// <summary>Sends the stop signal, waits, kills. Returns once the container is down.</summary>
    /// <param name="timeout">Null: the container's own, else the engine's. Negative: wait for ever.</param>
    /// <param name="signal">Null: the container's own.</param>
    public Task StopAsync(
        string reference, TimeSpan? timeout, string? signal, CancellationToken cancellationToken) =>
        throw Later();

    public Task RestartAsync(
        string reference, TimeSpan? timeout, string? signal, CancellationToken cancellationToken) =>
        throw Later();

    /// <param name="signal"><c>SIGHUP</c>, <c>HUP</c> or <c>1</c>. SIGKILL waits for the end.</param>
    public Task KillAsync(string reference, string signal, CancellationToken cancellationToken) =>
        throw Later();

    /// <param name="force">Kill it first if it runs.</param>
    /// <param name="volumes">Anonymous volumes go with it.</param>
    public Task RemoveAsync(
        string reference, bool force, bool volumes, CancellationToken cancellationToken) =>
        throw Later();

    /// <summary>Completes when the condition is met; throws at once for an unknown container.</summary>
    public Task<ContainerExit> WaitAsync(
        string reference, WaitCondition condition, CancellationToken cancellationToken) =>
        throw Later();

    /// <summary>The container as it is now.</summary>
    public ContainerRecord Inspect(string reference) =>
        throw Later();

    /// <summary>All containers, newest first.</summary>
    public IReadOnlyList<ContainerRecord> List() =>
        throw Later();

    public Task RenameAsync(string reference, string newName, CancellationToken cancellationToken) =>
        throw Later();

    public Task PauseAsync(string reference, CancellationToken cancellationToken) =>
        throw Later();

    public Task UnpauseAsync(string reference, CancellationToken cancellationToken) =>
        throw Later();

    public Task ResizeAsync(string reference, int height, int width, CancellationToken cancellationToken) =>
        throw Later();

    public IAsyncEnumerable<LogEntry> LogsAsync(
        string reference, LogQuery query, CancellationToken cancellationToken) =>
        throw Later();

    /// <summary>Joins a container's stdio. Of a created one: it attaches before the first byte can come.</summary>
    public Task<AttachedStreams> AttachAsync(
        string reference, AttachOptions options, CancellationToken cancellationToken) =>
        throw Later();

    /// <summary>Process list: column titles and rows.</summary>
    public Task<ProcessTable> TopAsync(
        string reference, string arguments, CancellationToken cancellationToken) =>
        throw Later();

    /// <summary>One sample of what the container uses.</summary>
    public Task<ContainerUsage> StatsAsync(string reference, CancellationToken cancellationToken) =>
        throw Later();

    /// <returns>The exec's id.</returns>
    public Task<string> CreateExecAsync(
        string reference, ExecSpec spec, CancellationToken cancellationToken) =>
        throw Later();

    /// <summary>Runs an exec instance; null when it was created without streams or <paramref name="detach"/> is set.</summary>
    public Task<AttachedStreams?> StartExecAsync(
        string execId, bool detach, CancellationToken cancellationToken) =>
        throw Later();

    public ExecRecord InspectExec(string execId) =>
        throw Later();

    public Task ResizeExecAsync(string execId, int height, int width, CancellationToken cancellationToken) =>
        throw Later();

    private static NotSupportedException Later() => new("the body follows");
}
