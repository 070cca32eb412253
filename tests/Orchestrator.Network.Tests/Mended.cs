using System.Diagnostics;
using Orchestrator.Testing;

namespace Orchestrator.Network.Tests;

/// <summary>The product's promise: what somebody deletes or changes by hand works again within five seconds.</summary>
internal static class Mended
{
    /// <summary>For one call among several within the five seconds.</summary>
    public static readonly TimeSpan Try = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    /// <summary>Breaks it and waits until it works: five seconds of a machine that works too.</summary>
    public static async Task WithinFiveSecondsAsync(Action breakIt, Func<Task<bool>> works, string what = "it")
    {
        using var stalls = new MachineStalls();
        breakIt();
        var clock = Stopwatch.StartNew();
        while (!await works())
        {
            Assert.True(
                clock.Elapsed - stalls.Lost < Deadline, $"{what}: not mended after {clock.Elapsed}, {stalls.Lost} of it stalls");
            await Task.Delay(20);
        }
    }
}
