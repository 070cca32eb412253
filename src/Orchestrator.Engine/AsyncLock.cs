namespace Orchestrator.Engine;

/// <summary>A lock that can be held across awaits: <c>using (await gate.EnterAsync(token))</c>.</summary>
#pragma warning disable CA1001 // The semaphore holds a handle only when its wait handle is asked for, and it never is.
internal sealed class AsyncLock
{
    private readonly SemaphoreSlim semaphore = new(1, 1);

    public async ValueTask<Held> EnterAsync(CancellationToken cancellationToken)
    {
        await semaphore.WaitAsync(cancellationToken);
        return new Held(semaphore);
    }

    public readonly struct Held(SemaphoreSlim semaphore) : IDisposable
    {
        public void Dispose() => semaphore.Release();
    }
}
