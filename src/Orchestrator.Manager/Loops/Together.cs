namespace Orchestrator.Manager.Loops;

/// <summary>Runs parts that live and die together.</summary>
internal static class Together
{
    /// <summary>
    /// Runs all until one ends or <paramref name="cancellationToken"/> is cancelled, stops the others and waits for
    /// them.
    /// </summary>
    /// <exception cref="Exception">What the first to end threw.</exception>
    public static async Task RunAsync(CancellationToken cancellationToken, params Func<CancellationToken, Task>[] parts)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        // On the pool each, so that a part that does not yield holds up nobody.
        var running = parts.Select(part => Task.Run(() => part(stop.Token), CancellationToken.None)).ToList();
        var first = await Task.WhenAny(running);
        await stop.CancelAsync();
        await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await first;
    }
}
