using Orchestrator.Daemon.Hosting;

namespace Orchestrator.Daemon.Tests;

public sealed class IdleMemoryTests
{
    private const long Megabyte = 1 << 20;

    [Fact]
    public void Memory_is_given_back_once_after_each_busy_time_and_never_during_it()
    {
        var memory = new IdleMemory(TimeProvider.System);

        // Busy, busy, at rest; then nothing worth it; then little by little until it is; then busy again.
        long[] allocated = [40, 90, 90, 90, 95, 100, 100, 106, 107, 150, 150];
        var due = allocated.Select(bytes => memory.IsDue(bytes * Megabyte)).ToArray();

        Assert.Equal([false, false, true, false, false, false, false, false, false, false, true], due);
    }
}
