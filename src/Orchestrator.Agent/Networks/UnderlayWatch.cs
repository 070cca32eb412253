namespace Orchestrator.Agent.Networks;

/// <summary>Looks again and again whether this node is reached elsewhere.</summary>
/// <param name="look">One look.</param>
/// <param name="unseen">Told of a look that failed; another one follows.</param>
internal sealed class UnderlayWatch(
    TimeSpan interval, TimeProvider time, Func<CancellationToken, Task> look, Action<Exception> unseen)
{
    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(interval, time, cancellationToken).ConfigureAwait(false);
            try
            {
                await look(cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                unseen(e);
            }
        }
    }
}
