namespace Orchestrator.Images.Distribution;

/// <summary>Repeats a transfer that failed for a passing reason, waiting longer each time.</summary>
internal sealed class TransferRetry(int attempts, TimeProvider time)
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    /// <summary>A try that brought so much more was no vain one: those that remain count from there.</summary>
    private const long WorthwhileBytes = 1 << 20;

    /// <param name="reached">How many bytes have been brought over for good; null: it is all or nothing.</param>
    /// <param name="waiting">Told the seconds until the next try.</param>
    public async Task<T> RunAsync<T>(
        Func<CancellationToken, Task<T>> transfer, Func<long>? reached, Action<int>? waiting,
        CancellationToken cancellationToken)
    {
        for (var (attempt, mark) = (1, 0L); ; attempt++)
        {
            try
            {
                return await transfer(cancellationToken);
            }
            catch (Exception error) when (IsPassing(error) && !cancellationToken.IsCancellationRequested)
            {
                if (reached?.Invoke() is { } now && now >= mark + WorthwhileBytes)
                    (attempt, mark) = (1, now);
                if (attempt >= attempts)
                    throw;
                var delay = DelayOf(error, attempt);
                waiting?.Invoke((int)Math.Ceiling(delay.TotalSeconds));
                await Task.Delay(delay, time, cancellationToken);
            }
        }
    }

    /// <summary>Twice as long each time, or as long as the registry asks for, within reason.</summary>
    private static TimeSpan DelayOf(Exception error, int attempt)
    {
        var own = First * Math.Pow(2, attempt - 1);
        var asked = (error as ImageException)?.RetryAfter ?? TimeSpan.Zero;
        return asked > own ? TimeSpan.FromTicks(Math.Min(asked.Ticks, Longest.Ticks)) : own;
    }

    /// <summary>
    /// Broken connections, timeouts and busy servers pass; what a registry refuses it refuses again, and a name that
    /// nobody knows stays unknown.
    /// </summary>
    private static bool IsPassing(Exception error) => error switch
    {
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => false,
        ImageException { InnerException: HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } } =>
            false,
        ImageException image => image.Error is ImageError.Unavailable,
        HttpRequestException => true,
        TimeoutException => true,
        IOException => !Disk.IsFull(error),
        _ => false,
    };
}
