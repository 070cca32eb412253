using System.Diagnostics;

namespace Orchestrator.Testing;

/// <summary>For what another process does in its own time.</summary>
public static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <exception cref="TimeoutException">It never came to hold.</exception>
    public static async Task HoldsAsync(Func<Task<bool>> condition)
    {
        var waited = Stopwatch.StartNew();
        while (!await condition())
        {
            if (waited.Elapsed > Patience)
                throw new TimeoutException($"it did not come to hold in {Patience.TotalSeconds:0} s");
            await Task.Delay(20);
        }
    }
}
