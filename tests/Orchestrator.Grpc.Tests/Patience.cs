namespace Orchestrator.Grpc.Tests;

/// <summary>An upper bound for what must happen, so that a fault fails a test instead of hanging it.</summary>
internal static class Patience
{
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    public static Task Soon(this Task task) => task.WaitAsync(Bound);

    public static Task<T> Soon<T>(this Task<T> task) => task.WaitAsync(Bound);
}
