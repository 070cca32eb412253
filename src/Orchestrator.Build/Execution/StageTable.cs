using System.Collections.Concurrent;

namespace Orchestrator.Build.Execution;

/// <summary>The stages of one build, each built once, by whoever first wants it.</summary>
internal sealed class StageTable
{
    private readonly ConcurrentDictionary<int, Lazy<Task<StageResult>>> stages = new();
    private readonly BuildSession session;
    private readonly CancellationTokenSource stopping;

    /// <param name="stopping">Cancelled when one stage fails: the others are of no use then.</param>
    public StageTable(BuildSession session, CancellationTokenSource stopping) =>
        (this.session, this.stopping) = (session, stopping);

    public Task<StageResult> GetAsync(int index, CancellationToken cancellationToken) => stages.GetOrAdd(
        index, at => new Lazy<Task<StageResult>>(() => Task.Run(() => BuildAsync(at)))).Value.WaitAsync(cancellationToken);

    /// <summary>Builds those stages side by side, as far as none waits for another.</summary>
    public async Task BuildAllAsync(IEnumerable<int> indexes)
    {
        var all = indexes.Select(index => GetAsync(index, CancellationToken.None)).ToList();
        try
        {
            await foreach (var done in Task.WhenEach(all))
                await done;
        }
        finally
        {
            // None works on when the build's folders go.
            await stopping.CancelAsync();
            await ((Task)Task.WhenAll(all)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<StageResult> BuildAsync(int index)
    {
        try
        {
            var result = await new StageBuilder(session, this, session.Plan.Stages[index]).BuildAsync(stopping.Token);
            await session.Output.CompleteAsync(index);
            return result;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            await session.Output.FailAsync(index);
            throw;
        }
    }
}
