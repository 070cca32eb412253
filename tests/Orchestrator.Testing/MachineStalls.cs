using System.Diagnostics;

namespace Orchestrator.Testing;

/// <summary>How much of the passing time this machine gave to others: a thread works and rests by turns and sums up by how much
/// each turn took longer than it has to. What is left of a measured time is what it would have been on a machine that was
/// free.</summary>
public sealed class MachineStalls : IDisposable
{
    private static readonly TimeSpan Work = TimeSpan.FromMilliseconds(1), Rest = TimeSpan.FromMilliseconds(9);

    /// <summary>A timer is late by that much on a machine that has nothing to do.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromMilliseconds(1);

    private readonly Thread thread;
    private volatile bool ended;
    private long lost;

    public MachineStalls()
    {
        thread = new Thread(Run) { IsBackground = true };
        thread.Start();
    }

    /// <summary>Since this was made.</summary>
    public TimeSpan Lost => TimeSpan.FromTicks(Interlocked.Read(ref lost));

    public void Dispose()
    {
        ended = true;
        thread.Join();
    }

    private void Run()
    {
        while (!ended)
        {
            var turn = Stopwatch.StartNew();
            Thread.Sleep(Rest);
            for (var work = Stopwatch.StartNew(); work.Elapsed < Work;)
                Thread.SpinWait(20);
            var late = turn.Elapsed - Rest - Work;
            if (late > Slack)
                Interlocked.Add(ref lost, late.Ticks);
        }
    }
}
