using Orchestrator.Linux.Processes;
using Orchestrator.Runtime.Containers;

namespace Orchestrator.Runtime.Commands;

/// <summary><c>kill</c>.</summary>
/// <remarks>containerd tells "it has ended already" from a real failure by the words "container not running".</remarks>
internal static class KillCommand
{
    private const int Sigkill = 9;

    public static int Execute(Invocation invocation)
    {
        var container = invocation.Container();
        var words = invocation.Arguments.Words;
        var signal = Signals.Parse(words.Count > 1 ? words[1] : "SIGTERM");
        if (invocation.Arguments.Has("all"))
            SignalAll(container, signal);
        else
            SignalFirst(container, signal);
        if (signal == Sigkill && container.Status == OciStatus.Paused)
            container.Cgroups.Thaw(); // v1's freezer holds back even SIGKILL.
        return 0;
    }

    private static void SignalFirst(Container container, int signal)
    {
        using var process = container.OpenProcess();
        if (!process.TrySignal(signal))
            throw new RuntimeException($"container not running: {container.Id}");
    }

    /// <summary>Not an error when pid 1 has ended: others of a container without a pid namespace may live on.</summary>
    private static void SignalAll(Container container, int signal)
    {
        var cgroups = container.Cgroups;
        if (signal == Sigkill && cgroups.Processes().Count > 0)
            cgroups.KillAll();
        else
            foreach (var pid in cgroups.Processes())
                ThisProcess.Kill(pid, signal);
    }
}
