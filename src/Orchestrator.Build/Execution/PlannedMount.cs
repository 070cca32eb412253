using Orchestrator.Build.Syntax;

namespace Orchestrator.Build.Execution;

/// <summary>A mount of a RUN step, its source known.</summary>
/// <param name="Target">Absolute.</param>
/// <param name="Key">All of it that decides what the step makes of its files.</param>
/// <param name="From">Files of a stage or image; null: of the context, or none.</param>
internal sealed record PlannedMount(RunMount Mount, string Target, string Key, SourceTrees.Source? From);

/// <summary>Mounts that are made, for as long as this is open.</summary>
/// <param name="Environment">Variables that secrets and agents come with.</param>
internal sealed class HeldMounts : IAsyncDisposable
{
    private readonly Stack<Action> undo = new();

    public List<StepMount> Mounts { get; } = [];

    public List<string> Environment { get; } = [];

    /// <summary>What is to be undone in the end, the last first.</summary>
    public void Undo(Action action) => undo.Push(action);

    public ValueTask DisposeAsync()
    {
        while (undo.TryPop(out var action))
            action();
        return ValueTask.CompletedTask;
    }
}
