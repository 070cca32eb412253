namespace Orchestrator.Cli.Commands.Services;

/// <summary>The states of a task, in the order it goes through them.</summary>
internal static class TaskStates
{
    public const int Running = 9;

    private static readonly string[] Ordered =
    [
        "new", "allocated", "pending", "assigned", "accepted", "preparing", "ready", "starting", "running",
        "complete", "shutdown", "failed", "rejected",
    ];

    /// <summary>1 for new, 9 for running, more for ended; 0 for what is not part of progress.</summary>
    public static int Rank(string? state) => Array.IndexOf(Ordered, state) + 1;

    public static bool IsTerminal(string? state) => Rank(state) > Running;
}
