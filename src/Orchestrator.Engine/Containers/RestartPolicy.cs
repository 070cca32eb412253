namespace Orchestrator.Engine.Containers;

/// <summary>When the engine starts a container again by itself.</summary>
public enum RestartCondition
{
    No,
    OnFailure,
    UnlessStopped,
    Always,
}

/// <param name="MaximumRetryCount">With <see cref="RestartCondition.OnFailure"/> only; 0 for no bound.</param>
public sealed record RestartPolicy(RestartCondition Condition = RestartCondition.No, int MaximumRetryCount = 0)
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongRun = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The wait before the next start of a container that has just ended, or null when it shall stay down.
    /// </summary>
    /// <param name="restarts">Restarts by policy so far, in a row.</param>
    /// <param name="stoppedByUser">It ended because someone asked for that.</param>
    public TimeSpan? DelayAfter(int exitCode, int restarts, bool stoppedByUser, TimeSpan previousDelay, TimeSpan ran)
    {
        var again = !stoppedByUser && Condition switch
        {
            RestartCondition.Always or RestartCondition.UnlessStopped => true,
            RestartCondition.OnFailure => exitCode != 0 && (MaximumRetryCount == 0 || restarts < MaximumRetryCount),
            _ => false,
        };
        if (!again)
            return null;
        if (previousDelay == TimeSpan.Zero || ran >= LongRun)
            return FirstDelay;
        return previousDelay * 2 < LongestDelay ? previousDelay * 2 : LongestDelay;
    }

    /// <summary>Whether a container found dead when the daemon comes up is to be started.</summary>
    /// <param name="wasRunning">It ran, or waited for its next restart, when the daemon last knew.</param>
    public bool StartsWithDaemon(bool wasRunning, bool stoppedByUser, int exitCode) => Condition switch
    {
        RestartCondition.Always => wasRunning || stoppedByUser,
        RestartCondition.UnlessStopped => !stoppedByUser && wasRunning,
        RestartCondition.OnFailure => wasRunning && exitCode != 0,
        _ => false,
    };
}
