namespace Orchestrator.Manager.Loops;

/// <summary>
/// A value replaced whole by one writer, and a way for many readers to wait for the next one. Any thread.
/// </summary>
internal sealed class Latest<T>(T initial)
    where T : class
{
    private volatile Cell cell = new(initial);

    private sealed record Cell(T Value)
    {
        public TaskCompletionSource Replaced { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    public T Value => cell.Value;

    public void Set(T value)
    {
        var old = cell;
        cell = new Cell(value);
        old.Replaced.TrySetResult();
    }

    /// <summary>The value once it is another one than <paramref name="seen"/>; values in between are skipped.</summary>
    public async Task<T> NextAsync(T? seen, CancellationToken cancellationToken)
    {
        while (true)
        {
            var current = cell;
            if (!ReferenceEquals(current.Value, seen))
                return current.Value;
            await current.Replaced.Task.WaitAsync(cancellationToken);
        }
    }
}
