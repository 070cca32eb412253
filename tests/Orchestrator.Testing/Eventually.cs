using System.Diagnostics;
using Xunit;

namespace Orchestrator.Testing;

/// <summary>Deadlines of the product, not timings of the machine: a test fails only past them, and says what it saw.</summary>
public static class Eventually
{
    /// <summary>Asks until the answer satisfies; the last answer is in the message when it never does.</summary>
    /// <returns>How long it took.</returns>
    public static async Task<TimeSpan> HoldsAsync<T>(
        string what, TimeSpan deadline, Func<Task<T>> ask, Func<T, bool> satisfies)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            var answer = await ask();
            if (satisfies(answer))
                return clock.Elapsed;
            Assert.True(clock.Elapsed < deadline, $"{what}: not within {deadline}; last seen:\n{answer}");
            await Task.Delay(100);
        }
    }

    public static Task<TimeSpan> HoldsAsync(string what, TimeSpan deadline, Func<Task<bool>> ask) =>
        HoldsAsync(what, deadline, ask, answer => answer);
}
