namespace Orchestrator.Build.Execution;

/// <summary>Lets stages that are built side by side be told of one after the other, in the file's order.</summary>
/// <remarks>The first stage that is not done speaks at once; what the others say is kept until it is their turn.</remarks>
internal sealed class OrderedOutput : IDisposable
{
    private readonly SemaphoreSlim gate = new(1, 1);
    private readonly BuildOutput output;
    private readonly SortedDictionary<int, Queue<BuildMessage>> waiting = [];
    private readonly HashSet<int> done = [];
    private bool failed;

    /// <param name="stages">Indexes of those that will speak.</param>
    public OrderedOutput(IEnumerable<int> stages, BuildOutput output)
    {
        this.output = output;
        foreach (var stage in stages)
            waiting[stage] = new Queue<BuildMessage>();
    }

    public async ValueTask WriteAsync(int stage, BuildMessage message)
    {
        await gate.WaitAsync();
        try
        {
            if (failed)
                return;
            if (waiting.Count == 0 || waiting.First().Key >= stage)
                await output(message);
            else
                waiting[stage].Enqueue(message);
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>A stage has said all; the next in order speaks up.</summary>
    public async ValueTask CompleteAsync(int stage)
    {
        await gate.WaitAsync();
        try
        {
            done.Add(stage);
            while (waiting.Count > 0 && done.Contains(waiting.First().Key))
            {
                waiting.Remove(waiting.First().Key);
                if (waiting.Count > 0)
                    await FlushAsync(waiting.First().Value);
            }
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>A stage failed: what it has said so far comes out whoever's turn it is.</summary>
    public async ValueTask FailAsync(int stage)
    {
        await gate.WaitAsync();
        try
        {
            // A stage that waited for one that failed fails too, and has nothing to add.
            if (!failed && waiting.TryGetValue(stage, out var kept))
                await FlushAsync(kept);
            failed = true; // What others may still say is of no use.
        }
        finally
        {
            gate.Release();
        }
    }

    public void Dispose() => gate.Dispose();

    private async ValueTask FlushAsync(Queue<BuildMessage> kept)
    {
        while (kept.TryDequeue(out var message))
            await output(message);
    }
}
